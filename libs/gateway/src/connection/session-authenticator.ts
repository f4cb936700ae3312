import type { JobSession } from '@harmonia/job-engine';
import type { IncomingHttpHeaders } from 'node:http';

/** What a socket's handshake or an HTTP request brings to say who it is. */
export interface SessionCredentials {
  /** `auth.token` of a handshake, else the bearer token of the `Authorization` header; left out when there is neither. */
  readonly token?: string;
  readonly headers: IncomingHttpHeaders;
  /** The cookies by name, parsed from the `Cookie` header. */
  readonly cookies: Readonly<Record<string, string | undefined>>;
  /** The address of the client as the server sees it. */
  readonly address: string;
}

/**
 * Asks the host who a session is: the one port through which sockets and HTTP requests alike are authenticated. What a
 * session may see is asked elsewhere, of `JobAccessPolicy`.
 *
 * @example
 * class CookieSessions extends SessionAuthenticator {
 *   async authenticate({ cookies }: SessionCredentials): Promise<JobSession> {
 *     const user = await this.users.bySession(cookies['sid']);
 *     if (!user) throw new RefusalError('token-invalid');
 *     return { userId: user.id, roles: user.roles, scopes: [], expiresAt: null };
 *   }
 * }
 */
export abstract class SessionAuthenticator {
  /**
   * @returns the session; `expiresAt: null` when it never ends.
   * @throws RefusalError `token-missing`, `token-invalid` or `token-expired`; any other error is logged and answered
   *   `internal-error`. Never put the token into a message.
   */
  abstract authenticate(credentials: SessionCredentials): Promise<JobSession>;
}
