/** Who asks, as a door has established it: the gateway's authenticator, or host code. */
export interface JobSession {
  readonly userId: string;
  /** `admin` may see and end every job under the default policy. */
  readonly roles: readonly string[];
  /** `jobs:report` may report for external jobs under the default policy. */
  readonly scopes: readonly string[];
  /** Null: the session does not end by itself. */
  readonly expiresAt: Date | null;
  /** What it is called among the sessions of its user, so that it can be ended alone [S8]; left out: it cannot. */
  readonly sessionId?: string;
  /** When it began, or its token was issued; left out: nobody knows. */
  readonly issuedAt?: Date;
  readonly profile?: { readonly email?: string; readonly name?: string };
}
