import type { Job } from '@harmonia/contract';
import { Random } from '../../rig/random.ts';
import { machineNow, STAMPS, stampOf } from '../rig/clock.ts';

/** What happens to jobs here; each change bears the job in its new state. */
export interface Change {
  readonly kind: 'progress' | 'started' | 'failed' | 'cancelled' | 'retried';
  readonly job: Job;
}

/** What the stream is made of. */
export interface StreamOptions {
  readonly seed: number;
  readonly jobs: number;
  /** `time`: a job's progress says when it was made, for ages; `steps`: it counts to its end as jobs do, for sizes. */
  readonly progress: 'time' | 'steps';
  /** Of so many changes one ends an attempt. */
  readonly endsEvery: number;
}

/** An attempt that has ended. */
export interface Ended {
  readonly id: string;
  readonly attempt: number;
}

const STEPS = 120;
const MESSAGES = Array.from(
  { length: STEPS },
  (_, step) => `${['Rendering', 'Reading', 'Converting'][step % 3]} page ${step + 1} of ${STEPS}`,
);

/**
 * Jobs that report, each as often as any other: in every round each job changes once, in a new random order. Now and then
 * an attempt fails or is cancelled, and then is retried and started again, so that terminal events run between all others
 * while the jobs stay the same ones. The same seed makes the same stream.
 */
export class SeededJobs {
  readonly jobs = new Map<string, Job>();
  readonly ended: Ended[] = [];
  private readonly progressAtEnd = new Map<string, Job['progress']>();
  private readonly random: Random;
  private round: string[];
  private next = 0;

  constructor(private readonly options: StreamOptions) {
    this.random = new Random(options.seed);
    this.round = Array.from({ length: options.jobs }, () => this.uuid());
    this.round.forEach((id) => this.jobs.set(id, newJob(id)));
  }

  get ids(): readonly string[] {
    return [...this.jobs.keys()];
  }

  /** What was last told of progress, which a client that hears only of changes goes on showing after a retry. */
  progressTold({ id, progress }: Job): Job['progress'] {
    return progress ?? this.progressAtEnd.get(id) ?? null;
  }

  /** The next changes of the stream. Made cheaply: what making them costs counts as the server's. */
  take(count: number): readonly Change[] {
    const at = new Date().toISOString();
    const stamp = stampOf(machineNow());
    const changes: Change[] = [];
    while (changes.length < count) changes.push(this.change(at, stamp));
    return changes;
  }

  /** One more progress of this job. */
  progressOf(id: string): Change {
    return this.told(this.progress(this.job(id), new Date().toISOString(), stampOf(machineNow())));
  }

  private change(at: string, stamp: number): Change {
    if (this.next === this.round.length) this.shuffle();
    return this.told(this.step(this.job(this.round[this.next++] ?? ''), at, stamp));
  }

  private step(job: Job, at: string, stamp: number): Change {
    const isOver = job.status !== 'processing' || this.random.below(this.options.endsEvery) === 0;
    return isOver ? this.turned({ ...job, version: job.version + 1, updatedAt: at }) : this.progress(job, at, stamp);
  }

  /** Ends, or goes on after an end. */
  private turned(job: Job): Change {
    if (job.status === 'queued') return { kind: 'started', job: { ...job, status: 'processing' } };
    if (job.status !== 'processing') return retried(job);
    return this.random.below(2) === 0 ? failed(job) : { kind: 'cancelled', job: { ...job, status: 'cancelled' } };
  }

  private progress(job: Job, at: string, stamp: number): Change {
    const isStamped = this.options.progress === 'time';
    const current = isStamped ? stamp : ((job.progress?.current ?? 0) % STEPS) + 1;
    const total = isStamped ? STAMPS : STEPS;
    const message = MESSAGES[job.version % MESSAGES.length] ?? '';
    const progress = { current, total, percentage: Math.floor((100 * current) / total), message };
    return { kind: 'progress', job: { ...job, version: job.version + 1, updatedAt: at, progress } };
  }

  private told(change: Change): Change {
    const { job, kind } = change;
    this.jobs.set(job.id, job);
    if (kind !== 'failed' && kind !== 'cancelled') return change;
    this.ended.push({ id: job.id, attempt: job.attempt });
    if (job.progress) this.progressAtEnd.set(job.id, job.progress);
    return change;
  }

  private job(id: string): Job {
    const job = this.jobs.get(id);
    if (!job) throw new Error(`There is no job ${id} in the stream.`);
    return job;
  }

  private shuffle(): void {
    this.next = 0;
    for (let last = this.round.length - 1; last > 0; last--) {
      const other = this.random.below(last + 1);
      [this.round[last], this.round[other]] = [this.round[other] ?? '', this.round[last] ?? ''];
    }
  }

  /** As the ids that the publisher gives. */
  private uuid(): string {
    const digits = Array.from({ length: 32 }, () => this.random.below(16).toString(16)).join('');
    return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-');
  }
}

function newJob(id: string): Job {
  const at = new Date().toISOString();
  const state = { id, userId: 'ada', jobType: 'pdf-notes', status: 'processing', progress: null, attempt: 1, version: 2 } as const;
  const body = {
    title: 'Invoices of May',
    tags: ['invoices'],
    input: { file: { name: 'may.pdf', mediaType: 'application/pdf', bytes: 81234 } },
  };
  return { ...state, bodyVersion: 1, createdAt: at, updatedAt: at, ...body, result: null };
}

function failed(job: Job): Change {
  const result = { error: 'The page could not be rendered.', code: 'page-broken' };
  return { kind: 'failed', job: { ...job, status: 'failed', bodyVersion: job.version, result } };
}

function retried(job: Job): Change {
  return {
    kind: 'retried',
    job: { ...job, status: 'queued', attempt: job.attempt + 1, progress: null, bodyVersion: job.version, result: null },
  };
}
