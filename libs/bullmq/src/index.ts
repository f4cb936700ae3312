export { HarmoniaBullmqModule } from './bullmq.module.js';
export type { HarmoniaBullmqOptions } from './bullmq.options.js';
export { LiveJobs, type LiveJobDescription } from './live/live-jobs.js';
export type { LiveTimes } from './live/live-attempt.js';
