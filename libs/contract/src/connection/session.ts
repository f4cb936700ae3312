import * as v from 'valibot';
import { UserIdSchema } from '../jobs/job-id.js';
import { isRefusalCode } from './refusal.js';

/** The protocol version that a frame-capable client names in its handshake [E3]. */
export const PROTOCOL = 1;

/** What a client says in the handshake's `auth` [E3]; without `protocol` it is a *plain* client. */
export const HandshakeAuthSchema = v.object({
  token: v.optional(v.pipe(v.string(), v.maxLength(8192))),
  protocol: v.optional(v.literal(PROTOCOL)),
});

/** See {@link HandshakeAuthSchema}. */
export type HandshakeAuth = v.InferOutput<typeof HandshakeAuthSchema>;

/** Who a session is, as its own client may know it. */
export const SessionUserSchema = v.object({
  id: UserIdSchema,
  email: v.optional(v.string()),
  name: v.optional(v.string()),
  roles: v.array(v.string()),
});

/** See {@link SessionUserSchema}. */
export type SessionUser = v.InferOutput<typeof SessionUserSchema>;

/** `authenticated`: the first event of every accepted connection [E5]. `expiresAt` is ISO 8601, null when it never ends. */
export const AuthenticatedSchema = v.object({
  user: SessionUserSchema,
  epoch: v.string(),
  expiresAt: v.nullable(v.pipe(v.string(), v.isoTimestamp())),
});

/** See {@link AuthenticatedSchema}. */
export type Authenticated = v.InferOutput<typeof AuthenticatedSchema>;

/** `session:closing`: said before the server closes a connection [E5]. */
export const SessionClosingSchema = v.object({ code: v.custom(isRefusalCode), retryAfterMs: v.pipe(v.number(), v.minValue(0)) });

/** See {@link SessionClosingSchema}. */
export type SessionClosing = v.InferOutput<typeof SessionClosingSchema>;
