import * as v from 'valibot';
import type { TokenVerifier } from './token-verifier.js';

/** So many tokens are remembered; those that were checked first are forgotten first. */
const MOST = 1000;

const EndingSchema = v.object({ exp: v.number() });

/**
 * As the verifier, but a token that was found good is not checked again until it ends: with a key that never changes the
 * outcome would be the same, and costs more than anything else that is asked of a request. What it says is read anew each
 * time, so that nobody finds in it what somebody else has put there.
 */
export function rememberingVerifier(verify: TokenVerifier, toleranceSeconds: number): TokenVerifier {
  const ends = new Map<string, number>();
  const remember = (token: string, payload: unknown) => {
    if (!v.is(EndingSchema, payload)) return;
    const [oldest] = ends.keys();
    if (ends.size >= MOST && oldest !== undefined) ends.delete(oldest);
    ends.set(token, (payload.exp + toleranceSeconds) * 1000);
  };
  return async (token) => {
    const end = ends.get(token);
    if (end !== undefined && Date.now() < end) return payloadOf(token);
    ends.delete(token);
    const payload = await verify(token);
    remember(token, payload);
    return payload;
  };
}

/** Of a token that is known to be good. */
function payloadOf(token: string): unknown {
  const [, payload = ''] = token.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}
