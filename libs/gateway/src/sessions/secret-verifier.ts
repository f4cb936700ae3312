import { RefusalError } from '@harmonia/contract';
import { JwtService, TokenExpiredError } from '@nestjs/jwt';
import { createSecretKey } from 'node:crypto';
import type { JwtHolder } from '../gateway-options.js';
import type { TokenVerifier } from './token-verifier.js';

const LEAST_SECRET_BYTES = 32;

/** Tokens that a shared secret has signed: HS256, no other algorithm. */
export function secretVerifier(secret: string, { issuer, audience, clockToleranceSeconds }: JwtHolder): TokenVerifier {
  if (Buffer.byteLength(secret) < LEAST_SECRET_BYTES) {
    throw new Error(`The secret of the session tokens is shorter than ${LEAST_SECRET_BYTES} bytes: use a longer random one.`);
  }
  const tokens = new JwtService({
    // a text would be tried as a public key first, with every token anew, which costs more than all the rest of it
    secret: createSecretKey(Buffer.from(secret)),
    verifyOptions: { algorithms: ['HS256'], issuer, audience, clockTolerance: clockToleranceSeconds },
  });
  return async (token) => {
    try {
      const payload: unknown = await tokens.verifyAsync(token);
      return payload;
    } catch (error) {
      throw new RefusalError(error instanceof TokenExpiredError ? 'token-expired' : 'token-invalid');
    }
  };
}
