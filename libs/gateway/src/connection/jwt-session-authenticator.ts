import { JobTypeSchema, RefusalError, UserIdSchema } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import * as v from 'valibot';
import type { JwtSessionOptions } from '../gateway-options.js';
import { sessionIdOf } from '../sessions/session-id.js';
import { tokenVerifierOf, type TokenVerifier } from '../sessions/token-verifier.js';
import { SessionAuthenticator, type SessionCredentials } from './session-authenticator.js';

const LATEST_SECONDS = 8.64e12 - 5; // beyond it, tolerance included, there is no Date

const PayloadSchema = v.looseObject({
  exp: v.pipe(v.number(), v.maxValue(LATEST_SECONDS)),
  // one that does not say when it was issued may have been at any time
  iat: v.optional(v.pipe(v.number(), v.maxValue(LATEST_SECONDS))),
  // names of another kind are none
  sid: v.fallback(v.optional(v.string()), undefined),
  jti: v.fallback(v.optional(v.string()), undefined),
});

const ClaimsSchema = v.object({
  sub: UserIdSchema,
  roles: v.optional(v.array(v.string()), []),
  scope: v.optional(v.string(), ''),
  jobTypes: v.optional(v.array(JobTypeSchema)),
  email: v.optional(v.string()),
  name: v.optional(v.string()),
});

type Claims = v.InferOutput<typeof ClaimsSchema>;

/**
 * The built-in sessions: JSON web tokens that say who (`sub`) and until when (`exp`). `roles` is a list, `scope` is separated
 * by spaces, `jobTypes` bounds what may be created and reported on [A4], `email` and `name` are for display; `sid`, else `jti`, is
 * what the session is called, `iat` when it began [S8]. A token that lacks one of the first two, has a claim of another kind, or is
 * signed otherwise than the options say is refused. Nothing of a token reaches an error or a log.
 *
 * @example new JwtSessionAuthenticator({ secret, claims: (payload) => ({ ...payload, roles: payload['groups'] }) });
 * @example new JwtSessionAuthenticator({ jwksUrl: 'https://id.example/keys', issuer: 'https://id.example', audience: 'jobs' });
 */
export class JwtSessionAuthenticator extends SessionAuthenticator {
  private readonly verify: TokenVerifier;

  /** @throws Error when the secret is shorter than 32 bytes, or the options say something else that is not safe. */
  constructor(private readonly options: JwtSessionOptions) {
    super();
    this.verify = tokenVerifierOf(options);
  }

  async authenticate({ token }: SessionCredentials): Promise<JobSession> {
    if (!token) throw new RefusalError('token-missing');
    const payload = v.safeParse(PayloadSchema, await this.verify(token));
    if (!payload.success) throw new RefusalError('token-invalid');
    const claims = v.safeParse(ClaimsSchema, this.options.claims?.(payload.output) ?? payload.output);
    if (!claims.success) throw new RefusalError('token-invalid');
    const { clockToleranceSeconds: tolerance = 0 } = this.options;
    const { exp, iat = 0 } = payload.output;
    return {
      ...sessionOf(claims.output, new Date((exp + tolerance) * 1000)),
      sessionId: sessionIdOf(token, payload.output),
      issuedAt: new Date(iat * 1000),
    };
  }
}

function sessionOf({ sub, roles, scope, jobTypes, email, name }: Claims, expiresAt: Date): JobSession {
  const scopes = scope.split(' ').filter((word) => word !== '');
  const profile = { ...(email !== undefined && { email }), ...(name !== undefined && { name }) };
  return { userId: sub, roles, scopes, expiresAt, ...(jobTypes && { jobTypes }), profile };
}
