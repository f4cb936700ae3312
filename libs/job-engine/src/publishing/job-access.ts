import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { RefusalError, type Job } from '@harmonia/contract';
import { AuditTrail } from '../audit/audit-trail.js';
import { JOB_STORE } from '../job-engine.tokens.js';
import type { JobStore } from '../store/job-store.js';
import { EvenPace } from './even-pace.js';
import { JobAccessPolicy, type JobOperation } from './job-access-policy.js';
import type { JobSession } from './job-session.js';

/** The jobs of a reading that the session may see; `epoch` and `position` as in a store's reading. */
export interface PermittedJobs {
  readonly epoch: string;
  readonly position: string;
  readonly jobs: ReadonlyMap<string, Job>;
  /** Of those that are gone the version at which they went, whoever's they were: not to be told to whom they were never shown. */
  readonly removed: ReadonlyMap<string, number>;
}

/**
 * The one place where every door asks: reads the job and its policy together. A missing job and a forbidden one get the
 * same refusal `job-not-found`, after about the same time [S4]; a policy that throws is logged and refused as `internal-error`.
 *
 * @example const job = await access.read(session, 'invoice-1', 'cancel');
 */
@Injectable()
export class JobAccess {
  private readonly logger = new Logger(JobAccess.name);
  private readonly pace = new EvenPace();

  constructor(
    @Inject(JOB_STORE) private readonly store: JobStore,
    private readonly policy: JobAccessPolicy,
    @Optional() private readonly audit?: AuditTrail,
  ) {}

  /** The job, when the session may do this with it; else `job-not-found`. */
  async read(session: JobSession, id: string, operation: JobOperation = 'read'): Promise<Job> {
    const startedAt = performance.now();
    const job = await this.find(session, id, operation, startedAt);
    return job ?? this.refuse(startedAt);
  }

  /** As {@link read}, but null when there is no such job: for a door that may create it then, such as a report [R12]. */
  async find(session: JobSession, id: string, operation: JobOperation, startedAt = performance.now()): Promise<Job | null> {
    const { records } = await this.store.read([id]);
    const job = records.get(id)?.job;
    if (!job) return null;
    return (await this.allows(session, operation, job)) ? job : this.refuse(startedAt);
  }

  /** Those of these jobs that are there and permitted, as of one moment. */
  async readAll(session: JobSession, ids: readonly string[], operation: JobOperation = 'read'): Promise<PermittedJobs> {
    const startedAt = performance.now();
    const { epoch, position, records, removed } = await this.store.read(ids);
    const jobs = await this.permitted(
      session,
      [...records.values()].map((record) => record.job),
      operation,
    );
    if (jobs.length < ids.length) await this.pace.hold(startedAt);
    return { epoch, position, jobs: new Map(jobs.map((job) => [job.id, job])), removed };
  }

  /** Those of these jobs that the session may do this with, in the same order; all of them: the very same list. */
  async permitted(session: JobSession, jobs: readonly Job[], operation: JobOperation = 'read'): Promise<readonly Job[]> {
    const answers: Answers = jobs.map((job) => this.allows(session, operation, job));
    // most policies answer at once, and a long list is not to wait for each of its jobs then
    const decided = areDecided(answers) ? answers : await Promise.all(answers.map(async (answer) => answer));
    return decided.every(Boolean) ? jobs : jobs.filter((_, index) => decided[index]);
  }

  /** See {@link JobAccessPolicy.narrowsLists}; a policy of plain JavaScript may say nothing of it. */
  get narrowsLists(): boolean {
    return this.policy.narrowsLists !== false;
  }

  /** Of a job that is at hand. @throws RefusalError `internal-error` when the policy fails, at once or later */
  mayRead(session: JobSession, job: Job): boolean | Promise<boolean> {
    return this.allows(session, 'read', job);
  }

  /**
   * Announces that a user may have lost permissions, for one job or for all: an event in the log of the store, so that
   * every node evicts before it emits anything later [S7]. It stands in the audit [A1].
   */
  async revoke(userId: string, jobId?: string): Promise<void> {
    await this.store.apply([jobId === undefined ? { kind: 'revoked', userId } : { kind: 'revoked', userId, jobId }]);
    this.audit?.note({ what: 'revoke', whom: userId, jobId });
  }

  private async refuse(startedAt: number): Promise<never> {
    await this.pace.hold(startedAt);
    throw new RefusalError('job-not-found');
  }

  /** Bounds of a session hold whatever the policy says: one of a shared job reads it, for as long as its sharer may. */
  private allows(session: JobSession, operation: JobOperation, job: Job): boolean | Promise<boolean> {
    const { share, jobTypes } = session;
    if (operation === 'report' && jobTypes && !jobTypes.includes(job.jobType)) return false;
    if (!share) return this.asked(session, operation, job);
    return operation === 'read' && share.jobId === job.id && this.asked({ ...share.by, expiresAt: null }, operation, job);
  }

  /** A policy of plain JavaScript may answer anything: only true is yes. */
  private asked(session: JobSession, operation: JobOperation, job: Job): boolean | Promise<boolean> {
    const undecided = (error: unknown): never => {
      this.logger.error(`The policy failed to decide "${operation}" for job ${job.id}.`, error instanceof Error ? error.stack : error);
      throw new RefusalError('internal-error');
    };
    try {
      const answer = this.policy.allows(session, operation, job);
      return typeof answer === 'boolean' ? answer : Promise.resolve(answer).then((late) => late === true, undecided);
    } catch (error) {
      return undecided(error);
    }
  }
}

type Answers = readonly (boolean | Promise<boolean>)[];

const areDecided = (answers: Answers): answers is readonly boolean[] => answers.every((answer) => typeof answer === 'boolean');
