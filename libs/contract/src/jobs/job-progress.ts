import * as v from 'valibot';

/** A count of work that was done, or of all there is [R5]. */
export const AmountSchema = v.pipe(
  v.number('Progress is counted in numbers.'),
  v.minValue(0, 'Progress is not negative.'),
  v.maxValue(Number.MAX_SAFE_INTEGER, 'Progress is at most 2^53 − 1.'),
);

/** How far an attempt has come, as every view shows it [R5]. `total: null` is indeterminate. */
export const JobProgressSchema = v.object({
  current: AmountSchema,
  total: v.nullable(AmountSchema),
  /** Whole percent, 0–100; never falls within an attempt; computed by the store alone. */
  percentage: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100)),
  message: v.string(),
});

/** See {@link JobProgressSchema}. */
export type JobProgress = v.InferOutput<typeof JobProgressSchema>;
