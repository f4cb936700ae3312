export { HarmoniaBullmqModule } from './bullmq.module.js';
export type { HarmoniaBullmqOptions } from './bullmq.options.js';
