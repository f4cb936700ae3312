import { RefusalError, UserIdSchema } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import { JwtService, TokenExpiredError } from '@nestjs/jwt';
import { createSecretKey } from 'node:crypto';
import * as v from 'valibot';
import type { JwtSessionOptions } from '../gateway-options.js';
import { SessionAuthenticator, type SessionCredentials } from './session-authenticator.js';

const LEAST_SECRET_BYTES = 32;
const LATEST_SECONDS = 8.64e12; // beyond it there is no Date

const PayloadSchema = v.looseObject({ exp: v.pipe(v.number(), v.maxValue(LATEST_SECONDS)) });

const ClaimsSchema = v.object({
  sub: UserIdSchema,
  roles: v.optional(v.array(v.string()), []),
  scope: v.optional(v.string(), ''),
  email: v.optional(v.string()),
  name: v.optional(v.string()),
});

type Claims = v.InferOutput<typeof ClaimsSchema>;

/**
 * The built-in sessions: JSON web tokens signed with HS256, no other algorithm, that say who (`sub`) and until when
 * (`exp`). `roles` is a list, `scope` is separated by spaces, `email` and `name` are for display. A token that lacks one of
 * the first two, or has a claim of another kind, is refused. Nothing of a token reaches an error or a log.
 *
 * @example new JwtSessionAuthenticator({ secret, claims: (payload) => ({ ...payload, roles: payload['groups'] }) });
 */
export class JwtSessionAuthenticator extends SessionAuthenticator {
  private readonly tokens: JwtService;

  /** @throws Error when the secret is shorter than 32 bytes. */
  constructor(private readonly options: JwtSessionOptions) {
    super();
    if (Buffer.byteLength(options.secret) < LEAST_SECRET_BYTES) {
      throw new Error(`The secret of the session tokens is shorter than ${LEAST_SECRET_BYTES} bytes: use a longer random one.`);
    }
    // a text would be tried as a public key first, with every token anew, which costs more than all the rest of it
    const secret = createSecretKey(Buffer.from(options.secret));
    this.tokens = new JwtService({ secret, verifyOptions: { algorithms: ['HS256'] } });
  }

  async authenticate({ token }: SessionCredentials): Promise<JobSession> {
    if (!token) throw new RefusalError('token-missing');
    const payload = await this.verified(token);
    const claims = v.safeParse(ClaimsSchema, this.options.claims?.(payload) ?? payload);
    if (!claims.success) throw new RefusalError('token-invalid');
    return sessionOf(claims.output, new Date(payload.exp * 1000));
  }

  private async verified(token: string) {
    try {
      return v.parse(PayloadSchema, await this.tokens.verifyAsync(token));
    } catch (error) {
      throw new RefusalError(error instanceof TokenExpiredError ? 'token-expired' : 'token-invalid');
    }
  }
}

function sessionOf({ sub, roles, scope, email, name }: Claims, expiresAt: Date): JobSession {
  const scopes = scope.split(' ').filter((word) => word !== '');
  const profile = { ...(email !== undefined && { email }), ...(name !== undefined && { name }) };
  return { userId: sub, roles, scopes, expiresAt, profile };
}
