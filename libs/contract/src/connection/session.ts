import * as v from 'valibot';
import { UserIdSchema } from '../jobs/job-id.js';
import { RefusalCodeSchema } from './refusal.js';

/** The protocol version that a frame-capable client names in its handshake [E3]. */
export const PROTOCOL = 1;

/** The header of every HTTP answer that carries the store's epoch [R7]. */
export const EPOCH_HEADER = 'Harmonia-Epoch';

/** The token that changes when the store's past may have been rewritten [R7]: opaque, 1–128 characters. */
export const EpochSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(128));

/** Who a session is, as its own client may know it. */
export const SessionUserSchema = v.object({
  id: UserIdSchema,
  email: v.optional(v.string()),
  name: v.optional(v.string()),
  roles: v.pipe(v.array(v.string()), v.readonly()),
});

/** See {@link SessionUserSchema}. */
export type SessionUser = v.InferOutput<typeof SessionUserSchema>;

/** `authenticated`: the first event of every accepted connection [E5]. `expiresAt` is ISO 8601, null when it never ends. */
export const AuthenticatedSchema = v.object({
  user: SessionUserSchema,
  epoch: EpochSchema,
  expiresAt: v.nullable(v.pipe(v.string(), v.isoTimestamp())),
});

/** See {@link AuthenticatedSchema}. */
export type Authenticated = v.InferOutput<typeof AuthenticatedSchema>;

/** `session:expiring`: said ahead of the end of a session, while a newer token can still take its place [S6]. */
export const SessionExpiringSchema = v.object({ expiresAt: v.pipe(v.string(), v.isoTimestamp()) });

/** See {@link SessionExpiringSchema}. */
export type SessionExpiring = v.InferOutput<typeof SessionExpiringSchema>;

/** `session:closing`: said before the server closes a connection [E5]. */
export const SessionClosingSchema = v.object({ code: RefusalCodeSchema, retryAfterMs: v.pipe(v.number(), v.minValue(0)) });

/** See {@link SessionClosingSchema}. */
export type SessionClosing = v.InferOutput<typeof SessionClosingSchema>;
