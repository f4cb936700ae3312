import { Inject, Injectable } from '@nestjs/common';
import {
  JobIdSchema,
  parseOrRefuse,
  RefusalError,
  type Job,
  type ProgressInput,
  type ReportAnswer,
  type ReportedError,
  type RequeueReason,
} from '@harmonia/contract';
import { randomUUID } from 'node:crypto';
import { JOBS_SETTINGS, type JobsSettings } from '../job-engine.settings.js';
import { JOB_STORE } from '../job-engine.tokens.js';
import type { ChangeOutcome, JobChange, JobRecord, ReportedChange } from '../store/job-change.js';
import type { JobEventBatch } from '../store/job-event.js';
import type { JobStore } from '../store/job-store.js';
import { CommonTimes } from './common-times.js';
import { GroupCommit } from './group-commit.js';
import { HostReportSchema, JobDraftSchema, JobEditSchema, progressReport, type JobDraft, type JobEdit } from './host-input.js';
import { JobReporter, type ReportedJob } from './job-reporter.js';
import { ProgressLane } from './progress-lane.js';
import { decidedAnswer } from './report-answer.js';
import { ReportMemory } from './report-memory.js';

const FORGET_AFTER_MS = 60_000;

/**
 * The one way in which anything about a job is said: by hosts, gateways, runners and the janitor. What it is given is
 * parsed here; every method rejects with a `RefusalError`: `payload-invalid`, what the store refuses, `unavailable` when
 * the store cannot be reached (then nothing has changed), `server-stopping` after {@link close}.
 *
 * Progress is conflated to at most 20 commits a second per job [L3] and accepted before it is durable; every other change
 * is answered after its own commit, and progress that waits is committed before it [R10].
 *
 * @example
 * const job = await publisher.created({ userId: 'ada', jobType: 'external', title: 'Invoices of May' });
 * await publisher.progress(job.id, 25, 'A quarter is done');
 * await publisher.completed(job.id, { invoices: 120 });
 */
@Injectable()
export class JobPublisher {
  private readonly commits: GroupCommit;
  private readonly times = new CommonTimes();
  private readonly memory = new ReportMemory();
  private readonly lanes = new Map<string, ProgressLane>();
  private sweptAt = performance.now();
  private closed = false;

  constructor(
    @Inject(JOB_STORE) store: JobStore,
    @Inject(JOBS_SETTINGS) private readonly settings: Pick<JobsSettings, 'progressIntervalMs'>,
  ) {
    this.commits = new GroupCommit(store, (epoch) => this.memory.learn(epoch));
  }

  /** Creates a job, or answers the one that its owner has created with the same id before [R12]. Refuses `job-id-conflict`. */
  async created(draft: JobDraft): Promise<Job> {
    const { id = randomUUID(), ...rest } = parseOrRefuse(JobDraftSchema, draft);
    return jobOf(await this.commit({ kind: 'created', job: { id, ...rest } }));
  }

  /** Says that work on the job has begun [R3]. */
  started(id: string): Promise<ReportAnswer> {
    return this.report({ kind: 'reported', id, status: 'processing' });
  }

  /** How far the job has come [R5]; `progress(id, 25, 'text')` means percent. */
  async progress(id: string, input: ProgressInput, message?: string): Promise<ReportAnswer> {
    // parsed here, since nothing is reported more often
    return this.reported({ kind: 'reported', id: parseOrRefuse(JobIdSchema, id), progress: progressReport(input, message) });
  }

  /** Ends the job with a result: any JSON up to 64 KB [R11]. */
  completed(id: string, result: unknown = null): Promise<ReportAnswer> {
    return this.report({ kind: 'reported', id, status: 'completed', result });
  }

  /** Ends the job with a code for programs and a sentence for people; a bare sentence gets the code `failed` [R11]. */
  failed(id: string, error: ReportedError | string): Promise<ReportAnswer> {
    const reported = typeof error === 'string' ? { code: 'failed', message: error } : error;
    return this.report({ kind: 'reported', id, status: 'failed', error: reported });
  }

  /** Ends the job on request; fine when it was cancelled before. Refuses `status-conflict` when it has ended otherwise [R3]. */
  async cancelled(id: string): Promise<Job> {
    return jobOf(await this.commit({ kind: 'cancelled', id }));
  }

  /** Queues a failed or cancelled job again, with a new attempt [R3]; else refuses `status-conflict`. */
  async retried(id: string): Promise<Job> {
    return jobOf(await this.commit({ kind: 'retried', id }));
  }

  /** Puts a job that is being worked on back into the queue, with a new attempt [R3]; else refuses `status-conflict`. */
  async requeued(id: string, reason: RequeueReason): Promise<Job> {
    return jobOf(await this.commit({ kind: 'requeued', id, reason }));
  }

  /** Changes title, tags or owner, whatever the status [R4]. */
  async edited(id: string, edit: JobEdit): Promise<Job> {
    return jobOf(await this.commit({ kind: 'edited', id, ...parseOrRefuse(JobEditSchema, edit) }));
  }

  /** Removes an ended job and, soon after, its files; refuses `status-conflict` while it has not ended. */
  async removed(id: string): Promise<void> {
    recordOf(await this.commit({ kind: 'removed', id }));
  }

  /**
   * What a worker says [R4]. With `ifUnknown` a job that is not there is created first [R12], without it is refused
   * `job-unknown`.
   */
  async report(report: ReportedChange, ifUnknown?: Omit<JobDraft, 'id'>): Promise<ReportAnswer> {
    const change = parseOrRefuse(HostReportSchema, report);
    try {
      return await this.reported(change);
    } catch (error) {
      if (!ifUnknown || !(error instanceof RefusalError) || error.code !== 'job-unknown') throw error;
      const job = await this.created({ ...ifUnknown, id: change.id });
      if (job.jobType !== ifUnknown.jobType) throw new RefusalError('job-id-conflict');
      return this.reported(change);
    }
  }

  /**
   * A reporter for the current attempt of a job, which counts its reports and stops when the attempt has ended. Given the
   * whole job, it can also tell a store that has forgotten it [F5].
   */
  reporter(job: ReportedJob): JobReporter {
    return new JobReporter(this, this.memory, job);
  }

  /** Hears what the store has committed: what its reporters said is repeated in another epoch [F5], or no longer so. */
  hear(batch: Pick<JobEventBatch, 'epoch' | 'events'>): void {
    this.memory.hear(batch);
  }

  /** Hands any change to the store, after the progress of its job that waits; what the store refuses is its outcome. */
  async commit(change: JobChange): Promise<ChangeOutcome> {
    if (this.closed) throw new RefusalError('server-stopping');
    const id = 'id' in change ? parseOrRefuse(JobIdSchema, change.id) : '';
    this.lanes.get(id)?.release();
    return new Promise((resolve, reject) => {
      const settle = (outcome: ChangeOutcome) => {
        this.lanes.get(id)?.learn(outcome);
        this.forget(id);
        resolve(outcome);
      };
      this.commits.add({ take: () => change, settle, fail: reject });
    });
  }

  /** When everything said so far is committed, or has failed. */
  async flush(): Promise<void> {
    this.lanes.forEach((lane) => lane.release());
    await this.commits.idle();
  }

  /** Commits what waits; whatever comes after is refused with `server-stopping`. */
  async close(): Promise<void> {
    this.closed = true;
    this.memory.close();
    await this.flush();
    this.lanes.forEach((lane) => lane.drop(new RefusalError('server-stopping')));
    this.lanes.clear();
  }

  private async reported(change: ReportedChange): Promise<ReportAnswer> {
    const lane = this.lanes.get(change.id) ?? new ProgressLane(this.commits, this.times, this.settings.progressIntervalMs);
    if (!lane.takes(change)) return decidedAnswer(await this.commit(change));
    if (this.closed) throw new RefusalError('server-stopping');
    this.forgetSilent();
    this.lanes.set(change.id, lane);
    return lane.report(change).finally(() => this.forget(change.id));
  }

  private forget(id: string, idleSince = -Infinity): void {
    if (this.lanes.get(id)?.isOver(idleSince)) this.lanes.delete(id);
  }

  /** Keeps the memory of jobs that went silent from growing; the store remembers them. */
  private forgetSilent(): void {
    const idleSince = performance.now() - FORGET_AFTER_MS;
    if (this.sweptAt > idleSince) return;
    this.sweptAt = performance.now();
    this.lanes.forEach((_, id) => this.forget(id, idleSince));
  }
}

/** The job after a change that was asked for by name: what is void by now is a conflict. */
function jobOf(outcome: ChangeOutcome): Job {
  const record = recordOf(outcome);
  if (!record) throw new RefusalError('job-unknown');
  return record.job;
}

function recordOf(outcome: ChangeOutcome): JobRecord | null {
  if (outcome.result === 'refused') throw new RefusalError(outcome.code);
  if (outcome.result === 'ignored') throw new RefusalError('status-conflict');
  return outcome.record;
}
