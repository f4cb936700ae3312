import { createHmac } from 'node:crypto';

/** Signs the tokens of a campaign; its gateways are started with it as JWT_SECRET. */
export const SECRET = 'a secret of the proofs that is long enough';

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JSON web token as an identity provider would make it, for an hour unless the claims say otherwise. */
export function tokenOf(
  userId: string,
  claims: {
    readonly roles?: readonly string[];
    readonly scope?: string;
    readonly email?: string;
    /** Seconds since 1970. */
    readonly exp?: number;
    readonly iat?: number;
    readonly sid?: string;
  } = {},
): string {
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded({ sub: userId, exp, ...claims })}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}
