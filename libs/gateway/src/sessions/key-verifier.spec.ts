import { RefusalError } from '@harmonia/contract';
import { Logger } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { SignJWT } from 'jose';
import { createHmac, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { JwtSessionAuthenticator } from '../connection/jwt-session-authenticator.js';
import type { JwtSessionOptions } from '../gateway-options.js';

interface Key {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const rsa = (): Key => generateKeyPairSync('rsa', { modulusLength: 2048 });
const [first, second] = [rsa(), rsa()];
const curve: Key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pemOf = ({ publicKey }: Key): string => publicKey.export({ type: 'spki', format: 'pem' }).toString();
const jwkOf = ({ publicKey }: Key, kid: string): JsonWebKey => ({ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' });

const ISSUER = 'https://id.example';
const seconds = (): number => Math.floor(Date.now() / 1000);
const claims = (more: object = {}) => ({ sub: 'ann', exp: seconds() + 3600, iss: ISSUER, aud: 'jobs', ...more });
const signed = (key: Key, kid?: string, payload: object = claims(), alg = 'RS256'): Promise<string> =>
  new SignJWT({ ...payload }).setProtectedHeader({ alg, ...(kid !== undefined && { kid }) }).sign(key.privateKey);

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
/** What it would be to take the public key, which everybody knows, for the secret. */
function confused(secret: string, header: object): string {
  const text = `${encoded(header)}.${encoded(claims())}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** What becomes of a token: whose it is, or the code that it is refused with. */
async function outcomeOf(authenticator: JwtSessionAuthenticator, token: string): Promise<string> {
  try {
    return (await authenticator.authenticate({ token, headers: {}, cookies: {}, address: '127.0.0.1' })).userId;
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    expect(JSON.stringify([error.message, error.stack])).not.toContain(token);
    return error.code;
  }
}

const BAD: readonly (readonly [string, () => string | Promise<string>, string])[] = [
  ['no signature', () => `${encoded({ alg: 'none' })}.${encoded(claims())}.`, 'token-invalid'],
  ['no signature, by another name', () => `${encoded({ alg: 'NoNe', kid: 'one' })}.${encoded(claims())}.`, 'token-invalid'],
  ['the public key as its secret', () => confused(pemOf(first), { alg: 'HS256' }), 'token-invalid'],
  ['the published key as its secret', () => confused(JSON.stringify(jwkOf(first, 'one')), { alg: 'HS256', kid: 'one' }), 'token-invalid'],
  ['a key that it brings itself', () => broughtAlong(), 'token-invalid'],
  ['the signature of another', async () => signed(second, 'one'), 'token-invalid'],
  ['an algorithm that is not named', () => signed(first, 'one', claims(), 'RS512'), 'token-invalid'],
  ['no end', () => signed(first, 'one', { ...claims(), exp: undefined }), 'token-invalid'],
  ['no subject', () => signed(first, 'one', claims({ sub: undefined })), 'token-invalid'],
  ['another issuer', () => signed(first, 'one', claims({ iss: 'https://evil.example' })), 'token-invalid'],
  ['no issuer', () => signed(first, 'one', claims({ iss: undefined })), 'token-invalid'],
  ['another audience', () => signed(first, 'one', claims({ aud: 'shop' })), 'token-invalid'],
  ['an end that is past', () => signed(first, 'one', claims({ exp: seconds() - 1 })), 'token-expired'],
  ['a beginning to come', () => signed(first, 'one', claims({ nbf: seconds() + 60 })), 'token-invalid'],
];

const broughtAlong = (): Promise<string> =>
  new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', jwk: jwkOf(second, 'one') }).sign(second.privateKey);

const held = { issuer: ISSUER, audience: 'jobs' };

describe('tokens of one public key', () => {
  const authenticator = new JwtSessionAuthenticator({ publicKey: pemOf(first), ...held });

  it('are admitted, whatever key they name', async () => {
    expect(await outcomeOf(authenticator, await signed(first))).toBe('ann');
    expect(await outcomeOf(authenticator, await signed(first, 'any', claims({ aud: ['shop', 'jobs'] }), 'PS256'))).toBe('ann');
    const ofCurve = new JwtSessionAuthenticator({ publicKey: pemOf(curve) });
    expect(await outcomeOf(ofCurve, await signed(curve, undefined, claims({ iss: undefined }), 'ES256'))).toBe('ann');
  });

  it.each(BAD)('with %s are refused', async (_, token, code) => expect(await outcomeOf(authenticator, await token())).toBe(code));

  it('last as much longer as clocks may differ, and no longer', async () => {
    const tolerant = new JwtSessionAuthenticator({ publicKey: pemOf(first), clockToleranceSeconds: 5 });
    const session = await tolerant.authenticate({
      token: await signed(first, '', claims({ exp: seconds() - 2 })),
      headers: {},
      cookies: {},
      address: '',
    });
    expect(Number(session.expiresAt) - Date.now()).toBeLessThanOrEqual(3000);
    expect(await outcomeOf(tolerant, await signed(first, '', claims({ exp: seconds() - 7 })))).toBe('token-expired');
  });
});

describe('tokens of a secret', () => {
  const secret = 'a secret of the specs that is long enough';
  const authenticator = new JwtSessionAuthenticator({ secret, ...held, clockToleranceSeconds: 2 });
  const sign = (more: object) => new JwtService({ secret }).sign(claims(more));

  it('are held to issuer, audience and tolerance, too', async () => {
    expect(await outcomeOf(authenticator, sign({}))).toBe('ann');
    expect(await outcomeOf(authenticator, sign({ iss: 'https://evil.example' }))).toBe('token-invalid');
    expect(await outcomeOf(authenticator, sign({ aud: 'shop' }))).toBe('token-invalid');
    expect(await outcomeOf(authenticator, sign({ exp: seconds() - 1 }))).toBe('ann');
    expect(await outcomeOf(authenticator, sign({ exp: seconds() - 4 }))).toBe('token-expired');
    expect(await outcomeOf(authenticator, await signed(first))).toBe('token-invalid');
  });
});

describe('tokens of published keys', () => {
  let server: Server;
  let published: readonly JsonWebKey[];
  let fetched: number;
  let authenticator: JwtSessionAuthenticator;

  const listen = async (port = 0): Promise<number> => {
    server = createServer((_, answer) => {
      fetched++;
      answer.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: published }));
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const close = () => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(closed));
  };
  const later = (ms: number) => jest.setSystemTime(Date.now() + ms);
  let port: number;

  beforeEach(async () => {
    Logger.overrideLogger(false);
    // nothing but the time of day
    jest.useFakeTimers({
      doNotFake: [
        'setTimeout',
        'clearTimeout',
        'setInterval',
        'clearInterval',
        'setImmediate',
        'clearImmediate',
        'nextTick',
        'queueMicrotask',
        'performance',
      ],
    });
    published = [jwkOf(first, 'one'), jwkOf(curve, 'curve')];
    fetched = 0;
    port = await listen();
    authenticator = new JwtSessionAuthenticator({ jwksUrl: `http://127.0.0.1:${port}/keys`, ...held });
  });
  afterEach(async () => {
    jest.useRealTimers();
    await close();
  });

  it('are admitted, and the keys are fetched once', async () => {
    const all = [await signed(first, 'one'), await signed(first, 'one'), await signed(curve, 'curve', claims(), 'ES256')];
    expect(await Promise.all(all.map((token) => outcomeOf(authenticator, token)))).toEqual(['ann', 'ann', 'ann']);
    expect(fetched).toBe(1);
  });

  it.each(BAD)('with %s are refused', async (_, token, code) => expect(await outcomeOf(authenticator, await token())).toBe(code));

  it('of a key that came later are admitted, and those of one that went are not for longer than 10 minutes', async () => {
    expect(await outcomeOf(authenticator, await signed(first, 'one'))).toBe('ann');
    published = [jwkOf(second, 'two')];
    later(11_000);
    expect(await outcomeOf(authenticator, await signed(second, 'two'))).toBe('ann');
    expect(await outcomeOf(authenticator, await signed(first, 'one'))).toBe('token-invalid');
    published = [jwkOf(first, 'one')];
    later(10 * 60_000 + 1);
    expect(await outcomeOf(authenticator, await signed(second, 'two'))).toBe('token-invalid');
    expect(fetched).toBe(3);
  });

  it('of keys that nobody knows are refused, and have the keys fetched every 10 s at most', async () => {
    for (let kid = 0; kid < 20; kid++) expect(await outcomeOf(authenticator, await signed(second, `unknown-${kid}`))).toBe('token-invalid');
    expect(fetched).toBe(1);
    later(11_000);
    for (let kid = 0; kid < 20; kid++) expect(await outcomeOf(authenticator, await signed(second, `unknown-${kid}`))).toBe('token-invalid');
    expect(fetched).toBe(2);
  });

  it('are unavailable while the keys cannot be fetched, and never admitted; those of keys that are known are', async () => {
    expect(await outcomeOf(authenticator, await signed(first, 'one'))).toBe('ann');
    await close();
    expect(await outcomeOf(authenticator, await signed(first, 'one'))).toBe('ann');
    later(11_000);
    expect(await outcomeOf(authenticator, await signed(second, 'two'))).toBe('unavailable');
    later(10 * 60_000);
    expect(await outcomeOf(authenticator, await signed(first, 'one'))).toBe('unavailable');
    await listen(port);
    expect(await outcomeOf(authenticator, await signed(first, 'one'))).toBe('unavailable');
    expect(fetched).toBe(1);
    later(1001);
    expect(await outcomeOf(authenticator, await signed(first, 'one'))).toBe('ann');
  });
});

describe('the options of tokens', () => {
  const privateKey = first.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  it.each<[string, JwtSessionOptions, RegExp]>([
    ['a private key', { publicKey: privateKey }, /private key/],
    ['no key', { publicKey: 'none' }, /./],
    ['keys that come by http', { jwksUrl: 'http://id.example/keys' }, /https/],
    ['no address', { jwksUrl: 'keys' }, /https/],
    ['an algorithm with a shared secret', { publicKey: pemOf(first), algorithms: ['RS256', 'HS256'] }, /key pairs/],
    ['no algorithm', { jwksUrl: 'https://id.example/keys', algorithms: [] }, /key pairs/],
    ['too much tolerance', { publicKey: pemOf(first), clockToleranceSeconds: 6 }, /0 to 5/],
    ['a tolerance that is none', { publicKey: pemOf(first), clockToleranceSeconds: NaN }, /0 to 5/],
  ])('with %s stop the start', (_, options, words) => expect(() => new JwtSessionAuthenticator(options)).toThrow(words));
});
