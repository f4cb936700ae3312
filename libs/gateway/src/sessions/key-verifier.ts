import { RefusalError } from '@harmonia/contract';
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { JwtHolder, JwtKeyOptions } from '../gateway-options.js';
import type { TokenVerifier } from './token-verifier.js';
import { KeysOutage } from './keys-outage.js';

type Options = JwtHolder & JwtKeyOptions;

/** Of key pairs alone: a public key must never be taken for the secret of HS256. */
const OF_KEY_PAIRS = /^(?:(?:RS|PS|ES)(?:256|384|512)|EdDSA|Ed25519)$/;
const USUAL = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'];

/** How long keys that were fetched are used, so that one that was withdrawn is not for longer, ms. */
const KEYS_LAST_MS = 10 * 60_000;
/** A token of a key that is not known has the keys fetched anew, but not more often than this, ms. */
const LEAST_BETWEEN_MS = 10_000;
const FETCHED_WITHIN_MS = 3000;

/** Tokens that the one key pair has signed whose public key this is, as PEM. */
export function publicKeyVerifier(pem: string, options: Options): TokenVerifier {
  if (pem.includes('PRIVATE KEY')) throw new Error('This is a private key: keep it where tokens are signed, and set its public key here.');
  const key = createPublicKey(pem);
  return verifierOf(() => key, { ...options, algorithms: options.algorithms ?? algorithmsOf(key) });
}

/** Tokens whose keys are published at an address, and change there: a key that is not known yet is looked for. */
export function fetchedKeysVerifier(address: string, options: Options): TokenVerifier {
  const keys = createRemoteJWKSet(requireSafe(address), {
    cacheMaxAge: KEYS_LAST_MS,
    cooldownDuration: LEAST_BETWEEN_MS,
    timeoutDuration: FETCHED_WITHIN_MS,
  });
  const outage = new KeysOutage();
  return verifierOf((header, token) => outage.guard(() => keys(header, token)), options);
}

function verifierOf(
  keyOf: (...asked: Parameters<JWTVerifyGetKey>) => ReturnType<JWTVerifyGetKey> | KeyObject,
  options: Options,
): TokenVerifier {
  const { algorithms = USUAL, issuer, audience, clockToleranceSeconds: clockTolerance = 0 } = options;
  if (algorithms.length === 0 || !algorithms.every((algorithm) => OF_KEY_PAIRS.test(algorithm))) {
    throw new Error('Name algorithms of key pairs for the session tokens, such as RS256 or ES256: no other is safe with a public key.');
  }
  const held: JWTVerifyOptions = { algorithms: [...algorithms], clockTolerance, issuer, audience };
  return async (token) => {
    try {
      return (await jwtVerify(token, async (header, parts) => keyOf(header, parts), held)).payload;
    } catch (error) {
      if (error instanceof RefusalError) throw error;
      throw new RefusalError(error instanceof errors.JWTExpired ? 'token-expired' : 'token-invalid');
    }
  };
}

/** What this kind of key signs with. */
function algorithmsOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): readonly string[] {
  if (type === 'rsa') return ['RS256', 'PS256'];
  if (type === 'ed25519') return ['EdDSA', 'Ed25519'];
  const ofCurve = new Map([
    ['prime256v1', 'ES256'],
    ['secp384r1', 'ES384'],
    ['secp521r1', 'ES512'],
  ]);
  const algorithm = ofCurve.get(details?.namedCurve ?? '');
  if (algorithm === undefined) throw new Error('This kind of public key signs no tokens: use RSA, P-256, P-384, P-521 or Ed25519.');
  return [algorithm];
}

/** Whoever could change the keys on their way could sign in as anybody. */
function requireSafe(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  const isHere = url?.protocol === 'http:' && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (!url || !(url.protocol === 'https:' || isHere))
    throw new Error('The keys of the session tokens are fetched by https: set such an address.');
  return url;
}
