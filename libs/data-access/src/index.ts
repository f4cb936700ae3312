export { provideHarmonia } from './provide-harmonia';
