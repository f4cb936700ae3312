export { aJob } from './a-job';
export { GatewayDouble, type DeliveredEvent } from './gateway-double';
export { provideHarmoniaTesting } from './provide-harmonia-testing';
