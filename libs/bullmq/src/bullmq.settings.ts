import { parseOrRefuse } from '@harmonia/contract';
import { Backoffs } from 'bullmq';
import * as v from 'valibot';
import type { HarmoniaBullmqOptions } from './bullmq.options.js';

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(1, 'This is at least 1.'));
/** Timers beyond 2^31 ms would fire at once. */
const Interval = v.pipe(Count, v.maxValue(2 ** 31 - 1, 'This is at most 2^31 − 1 ms.'));
const Delay = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(2 ** 31 - 1));
const Word = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_.-]+$/, 'Use letters, digits, "_", "." and "-".'));

const BackoffSchema = v.union(
  [
    v.pipe(
      Delay,
      v.transform((delay) => ({ type: 'fixed', delay, jitter: 0 })),
    ),
    v.object({
      type: v.picklist(Object.keys(Backoffs.builtinStrategies)),
      delay: Delay,
      jitter: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0),
    }),
  ],
  "Use ms, or { type: 'fixed' | 'exponential', delay: 1000 }.",
);

const BullmqSettingsSchema = v.object({
  queue: v.optional(Word, 'jobs'),
  prefix: v.optional(Word, 'harmonia'),
  attempts: v.optional(Count, 1),
  backoff: v.optional(BackoffSchema, 1000),
  lockMs: v.optional(Interval, 30_000),
  stalledIntervalMs: v.optional(Interval, 5000),
  refillIntervalMs: v.optional(Interval, 60_000),
});

/** The options with their defaults: what everything inside works with. */
export type BullmqSettings = v.InferOutput<typeof BullmqSettingsSchema>;

/** Inject {@link BullmqSettings}. */
export const BULLMQ_SETTINGS = Symbol('harmonia:bullmq-settings');

/** Throws a sentence that names the option at fault. */
export function settingsOf(options: HarmoniaBullmqOptions): BullmqSettings {
  try {
    return parseOrRefuse(BullmqSettingsSchema, options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    throw new Error(`An option of HarmoniaBullmqModule cannot be used. ${reason}`, { cause: error });
  }
}
