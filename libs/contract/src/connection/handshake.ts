import * as v from 'valibot';
import { PROTOCOL } from './session.js';

const TokenSchema = v.pipe(v.string('A token is a string.'), v.maxLength(8192, 'A token is at most 8192 characters.'));

/** What a client says in the handshake's `auth` [E3]; without `protocol` it is a *plain* client. */
export const HandshakeAuthSchema = v.object({
  token: v.optional(TokenSchema),
  protocol: v.optional(v.literal(PROTOCOL, `The protocol is ${PROTOCOL}; leave it out for single events.`)),
  /** Only with `protocol`: frames may come deflated [E4]. */
  inflate: v.optional(v.literal(true, 'To inflate is true, or left out.')),
});

/** See {@link HandshakeAuthSchema}. */
export type HandshakeAuth = v.InferOutput<typeof HandshakeAuthSchema>;

/** `auth:refresh`: a newer token for the session that is open, of the same user [S6]. */
export const AuthRefreshSchema = v.object({ token: TokenSchema });

/** See {@link AuthRefreshSchema}. */
export type AuthRefresh = v.InferOutput<typeof AuthRefreshSchema>;
