import { JobIdSchema, RefusalError, UserIdSchema } from '@harmonia/contract';
import type { JobSession, Sharer } from '@harmonia/job-engine';
import { Inject, Injectable } from '@nestjs/common';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import { hkdfSync, randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { HARMONIA_GATEWAY_OPTIONS, type HarmoniaGatewayOptions } from '../gateway-options.js';

/** What the header of such a token says, and that of no other. */
const KIND = 'harmonia-share+jwt';
const ALGORITHM = 'HS256';
const LEAST_SECRET_BYTES = 32;
const OFF = 'Jobs cannot be shared here: set shareSecret, the same on every node.';

const PayloadSchema = v.object({
  job: JobIdSchema,
  by: v.object({ userId: UserIdSchema, roles: v.array(v.string()), scopes: v.array(v.string()) }),
  jti: v.string(),
  iat: v.number(),
  exp: v.number(),
});

/**
 * Makes and reads the tokens that show one job [A3]. They are signed with a key of the gateway's own, derived from `shareSecret`
 * or else from the secret of the sessions, and say of what kind they are: none is ever taken for the token of a session, nor the
 * other way round.
 */
@Injectable()
export class ShareTokens {
  private readonly key: Uint8Array | null;
  /** How the latest token of another kind began: those of one issuer begin alike, and to compare costs less than to decode. */
  private otherHead: string | null = null;

  /** @throws Error when the secret is shorter than 32 bytes */
  constructor(@Inject(HARMONIA_GATEWAY_OPTIONS) { shareSecret, jwt }: HarmoniaGatewayOptions) {
    if (shareSecret !== undefined && Buffer.byteLength(shareSecret) < LEAST_SECRET_BYTES) {
      throw new Error(`shareSecret is shorter than ${LEAST_SECRET_BYTES} bytes: use a longer random one.`);
    }
    const secret = shareSecret ?? jwt?.secret;
    this.key = secret === undefined ? null : new Uint8Array(hkdfSync('sha256', secret, '', 'harmonia: shares of jobs', 32));
  }

  /** @throws RefusalError `forbidden` where there is no secret to sign with */
  async issue(jobId: string, { userId, roles, scopes }: Sharer, expiresAt: Date): Promise<string> {
    if (!this.key) throw new RefusalError('forbidden', OFF);
    return new SignJWT({ job: jobId, by: { userId, roles, scopes } })
      .setProtectedHeader({ alg: ALGORITHM, typ: KIND })
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(expiresAt)
      .sign(this.key);
  }

  /** Whether this is a token of this kind, or says so. */
  isOne(token: string): boolean {
    const head = token.slice(0, token.indexOf('.'));
    if (head === this.otherHead) return false;
    try {
      const isOne = decodeProtectedHeader(token).typ === KIND;
      if (!isOne) this.otherHead = head;
      return isOne;
    } catch {
      // another token that begins alike may be one all the same
      return false;
    }
  }

  /** @throws RefusalError `token-invalid`, `token-expired` */
  async sessionOf(token: string): Promise<JobSession> {
    const payload = v.safeParse(PayloadSchema, await this.verified(token));
    if (!payload.success) throw new RefusalError('token-invalid');
    const { job, by, jti, iat, exp } = payload.output;
    const times = { issuedAt: new Date(iat * 1000), expiresAt: new Date(exp * 1000) };
    return { userId: `share:${jti}`, roles: [], scopes: [], ...times, share: { jobId: job, by } };
  }

  private async verified(token: string): Promise<unknown> {
    if (!this.key) throw new RefusalError('token-invalid');
    try {
      return (await jwtVerify(token, this.key, { algorithms: [ALGORITHM], typ: KIND, requiredClaims: ['exp', 'iat', 'jti'] })).payload;
    } catch (error) {
      throw new RefusalError(error instanceof errors.JWTExpired ? 'token-expired' : 'token-invalid');
    }
  }
}
