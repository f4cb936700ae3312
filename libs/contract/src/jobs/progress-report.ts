import * as v from 'valibot';
import { AmountSchema, type JobProgress } from './job-progress.js';

const MESSAGE_LENGTH = 500;
const LONE_SURROGATES = /\p{Surrogate}/gu;

const PercentSchema = v.pipe(
  AmountSchema,
  v.maxValue(100),
  v.transform((percent) => ({ current: percent, total: 100, message: '' })),
);

const AmountsSchema = v.object({
  current: AmountSchema,
  total: v.optional(v.nullable(v.pipe(AmountSchema, v.gtValue(0, 'A total is above 0; leave it out when it is unknown.'))), null),
  message: v.optional(
    v.pipe(
      v.string('A progress message is a string.'),
      // a cut may split a surrogate pair, and half a character would not survive every store
      v.transform((message) => message.slice(0, MESSAGE_LENGTH).replace(LONE_SURROGATES, '\uFFFD')),
    ),
    '',
  ),
});

/**
 * What a worker reports of its progress [R5]: `{ current, total?, message? }` in any unit, or a bare number, which means
 * percent. A `total` left out or null is indeterminate. Messages are cut at 500 characters.
 *
 * @example v.parse(ProgressReportSchema, 25); // { current: 25, total: 100, message: '' }
 */
export const ProgressReportSchema = v.union(
  [PercentSchema, AmountsSchema],
  'Progress is a percentage from 0 to 100, or { current, total?, message? } with numbers and a text.',
);

/** What a worker writes: see {@link ProgressReportSchema}. A {@link JobProgress} will do; its percentage is computed anew. */
export type ProgressInput = v.InferInput<typeof ProgressReportSchema> | JobProgress;

/** A parsed progress report: total and message are there. */
export type ProgressReport = v.InferOutput<typeof ProgressReportSchema>;
