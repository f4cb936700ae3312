import { RefusalError } from '@harmonia/contract';
import { JwtService } from '@nestjs/jwt';
import { createHmac } from 'node:crypto';
import { JwtSessionAuthenticator } from './jwt-session-authenticator.js';

const SECRET = 'a secret of the specs that is long enough';
const EXPIRES = Math.floor(Date.now() / 1000) + 3600;

const signed = (payload: object, options: object = {}) => new JwtService({ secret: SECRET }).sign(payload, options);
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token around any payload, signed as HS256 demands. */
function forged(payload: unknown, header: object = { alg: 'HS256', typ: 'JWT' }): string {
  const text = `${encoded(header)}.${encoded(payload)}`;
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`;
}

const sessionOf = (token: string | undefined, authenticator = new JwtSessionAuthenticator({ secret: SECRET })) =>
  authenticator.authenticate({ headers: {}, cookies: {}, address: '127.0.0.1', ...(token !== undefined && { token }) });

async function refusalOf(token: string | undefined): Promise<RefusalError> {
  const error: unknown = await sessionOf(token).catch((refused: unknown) => refused);
  expect(error).toBeInstanceOf(RefusalError);
  return error as RefusalError;
}

describe('JwtSessionAuthenticator', () => {
  it('says who a token is for, what they are, and until when', async () => {
    const issued = EXPIRES - 3700;
    const token = signed({
      sub: 'ann',
      exp: EXPIRES,
      roles: ['admin'],
      scope: 'jobs:report  jobs:read ',
      email: 'ann@example.org',
      name: 'Ann',
      iat: issued,
      sid: 'session-1',
      jti: 'token-1',
    });
    expect(await sessionOf(token)).toEqual({
      userId: 'ann',
      roles: ['admin'],
      scopes: ['jobs:report', 'jobs:read'],
      expiresAt: new Date(EXPIRES * 1000),
      profile: { email: 'ann@example.org', name: 'Ann' },
      sessionId: 'session-1',
      issuedAt: new Date(issued * 1000),
    });
  });

  it('takes a token with nothing but subject and end', async () => {
    expect(await sessionOf(signed({ sub: 'ann', exp: EXPIRES }))).toMatchObject({ userId: 'ann', roles: [], scopes: [], profile: {} });
  });

  it('maps the claims of another issuer', async () => {
    const claims = (payload: Readonly<Record<string, unknown>>) => ({ ...payload, sub: payload['user'], roles: payload['groups'] });
    const authenticator = new JwtSessionAuthenticator({ secret: SECRET, claims });
    const session = await sessionOf(signed({ user: 'ann', groups: ['admin'], exp: EXPIRES }), authenticator);
    expect(session).toMatchObject({ userId: 'ann', roles: ['admin'] });
  });

  it.each([undefined, ''])('refuses %j as token-missing', async (token) => {
    expect((await refusalOf(token)).code).toBe('token-missing');
  });

  it.each([
    ['has ended', signed({ sub: 'ann', exp: EXPIRES - 7200 })],
    ['ends this second', signed({ sub: 'ann', exp: Math.floor(Date.now() / 1000) })],
  ])('refuses a token that %s as token-expired', async (_, token) => {
    expect((await refusalOf(token)).code).toBe('token-expired');
  });

  it.each([
    ['garbage', 'garbage'],
    ['three parts of garbage', 'a.b.c'],
    ['another secret', new JwtService({ secret: `${SECRET}!` }).sign({ sub: 'ann', exp: EXPIRES })],
    ['another algorithm of the same secret', signed({ sub: 'ann', exp: EXPIRES }, { algorithm: 'HS512' })],
    ['no signature', `${encoded({ alg: 'none' })}.${encoded({ sub: 'ann', exp: EXPIRES })}.`],
    ['no end', signed({ sub: 'ann' })],
    ['an end beyond all dates', forged({ sub: 'ann', exp: 1e300 })],
    ['an end that is a string', forged({ sub: 'ann', exp: 'never' })],
    ['no subject', signed({ exp: EXPIRES })],
    ['an empty subject', forged({ sub: '', exp: EXPIRES })],
    ['a subject that is a number', forged({ sub: 7, exp: EXPIRES })],
    ['a subject that does not print', forged({ sub: 'ann\u0000', exp: EXPIRES })],
    ['a subject that is too long', forged({ sub: 'x'.repeat(257), exp: EXPIRES })],
    ['roles that are no list', forged({ sub: 'ann', exp: EXPIRES, roles: 'admin' })],
    ['roles that are no strings', forged({ sub: 'ann', exp: EXPIRES, roles: [{ admin: true }] })],
    ['a scope that is a list', forged({ sub: 'ann', exp: EXPIRES, scope: ['jobs:report'] })],
    ['not begun', forged({ sub: 'ann', exp: EXPIRES, nbf: EXPIRES - 60 })],
    ['null for a payload', forged(null)],
    ['a list for a payload', forged([])],
    ['a string for a payload', forged('ann')],
  ])('refuses a token with %s as token-invalid, and says nothing of it', async (_, token) => {
    const refusal = await refusalOf(token);
    expect(refusal.code).toBe('token-invalid');
    expect(JSON.stringify([refusal.message, refusal.stack, refusal.cause])).not.toContain(token);
  });

  it.each(['', 'secret', 'x'.repeat(31)])('is not made with the short secret %j', (secret) => {
    expect(() => new JwtSessionAuthenticator({ secret })).toThrow('shorter than 32 bytes');
  });
});
