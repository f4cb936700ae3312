import type { JwtSessionOptions } from '../gateway-options.js';
import { fetchedKeysVerifier, publicKeyVerifier } from './key-verifier.js';
import { rememberingVerifier } from './known-tokens.js';
import { secretVerifier } from './secret-verifier.js';

/**
 * Checks a token and answers what it says, of a shape still unknown.
 *
 * @throws RefusalError `token-expired`, `token-invalid`, or `unavailable` while that cannot be known.
 */
export type TokenVerifier = (token: string) => Promise<unknown>;

const MOST_TOLERANCE_S = 5;

/** @throws Error for a secret that is too short, a key or an address that is none, and more tolerance than 5 s. */
export function tokenVerifierOf(options: JwtSessionOptions): TokenVerifier {
  const { clockToleranceSeconds: tolerance = 0 } = options;
  if (!(tolerance >= 0 && tolerance <= MOST_TOLERANCE_S)) {
    throw new Error(`Clocks may differ by 0 to ${MOST_TOLERANCE_S} s: set clockToleranceSeconds accordingly.`);
  }
  // keys that are fetched may be withdrawn
  if (options.jwksUrl !== undefined) return fetchedKeysVerifier(options.jwksUrl, options);
  const verify = options.publicKey !== undefined ? publicKeyVerifier(options.publicKey, options) : secretVerifier(options.secret, options);
  return rememberingVerifier(verify, tolerance);
}
