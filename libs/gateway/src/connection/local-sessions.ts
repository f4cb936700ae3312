import { RefusalError, UserIdSchema } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import * as v from 'valibot';
import { SessionAuthenticator, type SessionCredentials } from './session-authenticator.js';

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/i;

/** A page of a stranger can make its own name point to this machine, but cannot send another name. */
const LOCAL_NAME = /^(?:(?:[\w-]+\.)*localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/i;

/** What a proxy adds: behind one, every client seems to be on this machine. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip'];

const ELSEWHERE =
  'Local sessions are for the machine on which the server runs, without a proxy: set jwt, or an authenticator of your own, in HarmoniaGatewayModule.';

/**
 * Sessions for the first steps, before there is a sign-in: the token is the user's name, and nobody proves it. So it takes
 * clients of this machine only; whoever comes from elsewhere or through a proxy is refused `token-invalid`. A session has
 * no roles and no end.
 *
 * @example HarmoniaGatewayModule.forRoot({ authenticator: new LocalSessions(), origins: ['http://localhost:4200'] });
 */
export class LocalSessions extends SessionAuthenticator {
  async authenticate({ token, headers, address }: SessionCredentials): Promise<JobSession> {
    const isLocal = LOOPBACK.test(address) && LOCAL_NAME.test(headers.host ?? '') && !FORWARDED.some((name) => name in headers);
    if (!isLocal) throw new RefusalError('token-invalid', ELSEWHERE);
    if (!token) throw new RefusalError('token-missing');
    if (!v.is(UserIdSchema, token)) throw new RefusalError('token-invalid');
    return { userId: token, roles: [], scopes: [], expiresAt: null };
  }
}
