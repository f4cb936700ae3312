import * as v from 'valibot';

const WRONG_TIME = 'A share lasts 60 to 86400 seconds.';

/** `POST /api/jobs/:id/share`: for how long, in seconds, from a minute to a day. Default an hour. */
export const ShareJobSchema = v.object({
  forSeconds: v.optional(
    v.pipe(v.number(WRONG_TIME), v.integer(WRONG_TIME), v.minValue(60, WRONG_TIME), v.maxValue(86_400, WRONG_TIME)),
    3600,
  ),
});

/** See {@link ShareJobSchema}. */
export type ShareJob = v.InferOutput<typeof ShareJobSchema>;

/** A token that shows one job to whoever has it, and nothing else, until `expiresAt` (ISO 8601) [A3]. */
export const JobShareSchema = v.object({ token: v.string(), expiresAt: v.pipe(v.string(), v.isoTimestamp()) });

/** See {@link JobShareSchema}. */
export type JobShare = Readonly<v.InferOutput<typeof JobShareSchema>>;
