export { HarmoniaGatewayModule } from './gateway.module.js';
