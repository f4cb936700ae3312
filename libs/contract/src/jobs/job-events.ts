import * as v from 'valibot';
import { EpochSchema } from '../connection/session.js';
import { JobIdSchema } from './job-id.js';
import { REQUEUE_REASONS } from './job-status.js';
import { JobBodySchema, JobSchema, JobStateSchema } from './job.js';

/** A job that is gone, or no longer yours [R13]; the version says which later answers must not bring it back [C2]. */
export const JobRemovalSchema = v.object({ id: JobIdSchema, version: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) });

/** See {@link JobRemovalSchema}. */
export type JobRemoval = v.InferOutput<typeof JobRemovalSchema>;

/** Events that carry the whole job. */
const WholeJobEventSchema = v.object({ epoch: EpochSchema, job: JobSchema });

/** Events that carry the light state; the body too when this very change altered it (`version === bodyVersion`) [E1]. */
const StateEventSchema = v.object({
  epoch: EpochSchema,
  ...JobStateSchema.entries,
  ...v.partial(JobBodySchema).entries,
  reason: v.optional(v.picklist(REQUEUE_REASONS)),
});

const FailedEventSchema = v.object({ ...StateEventSchema.entries, error: v.string(), code: v.string() });

const RemovedEventSchema = v.object({ epoch: EpochSchema, ...JobRemovalSchema.entries });

/**
 * Every event of a job by its wire name, one per version [E1], with the fields of the integration guide and the light
 * state beside them.
 *
 * @example socket.on('job:removed', (payload) => forget(v.parse(JOB_EVENT_SCHEMAS['job:removed'], payload).id));
 */
export const JOB_EVENT_SCHEMAS = {
  'job:created': WholeJobEventSchema,
  'job:status': StateEventSchema,
  'job:progress': StateEventSchema,
  'job:completed': WholeJobEventSchema,
  'job:failed': FailedEventSchema,
  'job:removed': RemovedEventSchema,
} as const;

/** The wire name of a job event. */
export type JobEventName = keyof typeof JOB_EVENT_SCHEMAS;

/** The payload of a job event by its wire name. */
export type JobEventPayload<Name extends JobEventName = JobEventName> = v.InferOutput<(typeof JOB_EVENT_SCHEMAS)[Name]>;
