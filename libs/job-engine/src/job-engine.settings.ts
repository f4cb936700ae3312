import { JobTypeSchema, parseOrRefuse } from '@harmonia/contract';
import * as v from 'valibot';
import type { HarmoniaJobsOptions } from './job-engine.options.js';

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(1, 'This is at least 1.'));
/** Timers beyond 2^31 ms would fire at once. */
const Interval = v.pipe(Count, v.maxValue(2 ** 31 - 1, 'This is at most 2^31 − 1 ms.'));

const JobsSettingsSchema = v.object({
  concurrency: v.optional(Count, 2),
  maxAttempts: v.optional(Count, 3),
  stopWithinMs: v.optional(Interval, 5000),
  jobTypes: v.optional(v.array(JobTypeSchema), []),
  retentionMs: v.optional(Count, 7 * 24 * 60 * 60_000),
  heartbeatTimeoutMs: v.optional(Interval, 60_000),
  progressIntervalMs: v.optional(Interval, 50),
  janitorIntervalMs: v.optional(Interval, 5000),
});

/** The numbers among the options, with their defaults: what everything inside works with. */
export type JobsSettings = v.InferOutput<typeof JobsSettingsSchema>;

/** Inject {@link JobsSettings}. */
export const JOBS_SETTINGS = Symbol('harmonia:jobs-settings');

/** Throws a sentence that names the option at fault. */
export function settingsOf({ runner, ...options }: Omit<HarmoniaJobsOptions, 'store' | 'files'>): JobsSettings {
  try {
    return parseOrRefuse(JobsSettingsSchema, { ...options, ...(runner === false ? {} : runner) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    throw new Error(`An option of HarmoniaJobsModule cannot be used. ${reason}`, { cause: error });
  }
}
