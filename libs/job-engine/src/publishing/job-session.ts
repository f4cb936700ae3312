/** Who shared a job, as they were then. */
export type Sharer = Pick<JobSession, 'userId' | 'roles' | 'scopes'>;

/** Who asks, as a door has established it: the gateway's authenticator, or host code. */
export interface JobSession {
  readonly userId: string;
  /** `admin` may see and end every job under the default policy. */
  readonly roles: readonly string[];
  /** `jobs:report` may report for external jobs under the default policy. */
  readonly scopes: readonly string[];
  /** Null: the session does not end by itself. */
  readonly expiresAt: Date | null;
  /** The types of jobs that it may create and report on [A4]; left out: any. */
  readonly jobTypes?: readonly string[];
  /** Left out but for a token of one shared job [A3]: it may read this job for as long as its sharer may, and nothing else. */
  readonly share?: { readonly jobId: string; readonly by: Sharer };
  /** What it is called among the sessions of its user, so that it can be ended alone [S8]; left out: it cannot. */
  readonly sessionId?: string;
  /** When it began, or its token was issued; left out: nobody knows. */
  readonly issuedAt?: Date;
  readonly profile?: { readonly email?: string; readonly name?: string };
}

/** Whether a session goes by what this user may see: their own, and those to whom they showed a job [A3]. */
export const goesBy = ({ userId, share }: JobSession, user: string): boolean => userId === user || share?.by.userId === user;
