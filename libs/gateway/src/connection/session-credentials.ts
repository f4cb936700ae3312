import { parseCookie } from 'cookie';
import type { IncomingHttpHeaders } from 'node:http';
import type { SessionCredentials } from './session-authenticator.js';

/**
 * What a handshake or a request brings to say who it is. `token` is what was sent beside the headers, as a handshake's
 * `auth.token`; without one it is the bearer token of the `Authorization` header.
 */
export function credentialsOf(headers: IncomingHttpHeaders, address: string, token?: string): SessionCredentials {
  const said = token ?? bearerToken(headers);
  const cookies = parseCookie(headers.cookie ?? '');
  return said === undefined ? { headers, cookies, address } : { token: said, headers, cookies, address };
}

function bearerToken({ authorization }: IncomingHttpHeaders): string | undefined {
  return /^Bearer +([^ ]+) *$/i.exec(authorization ?? '')?.[1];
}
