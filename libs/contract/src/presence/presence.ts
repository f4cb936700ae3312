import * as v from 'valibot';
import { EpochSchema } from '../connection/session.js';
import { JobIdSchema, UserIdSchema } from '../jobs/job-id.js';

const TimeSchema = v.pipe(v.string(), v.isoTimestamp());
const CountSchema = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Somebody who is connected, be it with several tabs [P1]. `since` is ISO 8601, for display. */
export const OnlineUserSchema = v.object({ userId: UserIdSchema, name: v.optional(v.string()), since: TimeSchema });

/** See {@link OnlineUserSchema}. */
export type OnlineUser = Readonly<v.InferOutput<typeof OnlineUserSchema>>;

/** Somebody who watches a job [P2]; `since` is when the watch began. */
export type JobViewer = OnlineUser;

const ViewersFields = {
  jobId: JobIdSchema,
  /** Those who have watched longest, at most 50. */
  viewers: v.pipe(v.array(OnlineUserSchema), v.readonly()),
  /** All of them. */
  count: CountSchema,
};

/** `job:viewers`: who watches a job now, all of them anew with every change [P2, P3]. Whoever reads it is among them. */
export const JobViewersSchema = v.object(ViewersFields);

/** See {@link JobViewersSchema}. */
export type JobViewers = Readonly<v.InferOutput<typeof JobViewersSchema>>;

/** What `presence:watch` answers [P2]. */
export const JobViewersSnapshotSchema = v.object({ epoch: EpochSchema, ...ViewersFields });

/** See {@link JobViewersSnapshotSchema}. */
export type JobViewersSnapshot = Readonly<v.InferOutput<typeof JobViewersSnapshotSchema>>;

const UsersSchema = v.pipe(v.array(OnlineUserSchema), v.readonly());

/** What `presence:watch:all` answers [P3]: who is online, at most 1,000 of them, and how many there are. */
export const OnlineUsersSnapshotSchema = v.object({ epoch: EpochSchema, users: UsersSchema, count: CountSchema });

/** See {@link OnlineUsersSnapshotSchema}. */
export type OnlineUsersSnapshot = Readonly<v.InferOutput<typeof OnlineUsersSnapshotSchema>>;

/** `user:online` and `user:offline`, to plain clients that asked [P3]. `at` is ISO 8601, for display. */
export const UserPresenceSchema = v.object({ userId: UserIdSchema, at: TimeSchema });

/** See {@link UserPresenceSchema}. */
export type UserPresence = Readonly<v.InferOutput<typeof UserPresenceSchema>>;

/** `presence:frame`, to protocol clients that asked [P3]: who came and who went since the last, and how many there are. */
export const PresenceFrameSchema = v.object({
  at: TimeSchema,
  online: UsersSchema,
  offline: v.pipe(v.array(UserIdSchema), v.readonly()),
  count: CountSchema,
});

/** See {@link PresenceFrameSchema}. */
export type PresenceFrame = Readonly<v.InferOutput<typeof PresenceFrameSchema>>;
