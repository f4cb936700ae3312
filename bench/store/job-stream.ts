import type { Job, JobProgress } from '@harmonia/contract';
import { Random } from '../rig/random.ts';

const BEGIN = Date.UTC(2026, 2, 1);
const PAGES = 1_000_000;

/** One change as it comes off the wire: the whole job, of which an event tells what it tells. */
export type JobChanged = Job;

/** A number of jobs that are changed at random: the same changes for the same seed. */
export class JobStream {
  private readonly random: Random;
  private readonly current: Job[];
  private told = 0;
  private ends = 0;

  /** @param endsEvery one change in so many ends its job; Infinity for none */
  constructor(
    seed: number,
    jobs: number,
    private readonly endsEvery = Infinity,
  ) {
    this.random = new Random(seed);
    this.current = Array.from({ length: jobs }, (_, at) => aRunningJob(at));
  }

  /** Every job as it stands after all that was told: what a plain fold of the stream comes to. */
  get fold(): readonly Job[] {
    return this.current;
  }

  /** The changes of one frame: as a gateway tells them, no job a second time before all the others. */
  frame(events: number): readonly JobChanged[] {
    const told = new Set<number>();
    return Array.from({ length: events }, () => this.change(told));
  }

  private change(told: Set<number>): JobChanged {
    if (told.size === this.current.length - this.ends) told.clear();
    let at = this.random.below(this.current.length);
    // one that has ended stays so, and one that was told already waits: the next is changed in place of it
    while (told.has(at) || this.current[at]?.status !== 'processing') at = (at + 1) % this.current.length;
    const known = this.current[at];
    if (!known) throw new Error(`There is no job ${at}.`);
    this.told++;
    const isEnd = this.told % this.endsEvery === 0;
    const next = isEnd ? ended(known) : stepped(known, this.told);
    this.current[at] = next;
    if (isEnd) this.ends++;
    else told.add(at);
    return next;
  }
}

/** The id of the so-many-th job. */
export const jobId = (at: number): string => `job-${at}`;

function aRunningJob(at: number): Job {
  const createdAt = new Date(BEGIN + at * 1000).toISOString();
  return {
    id: jobId(at),
    userId: 'ada',
    jobType: 'simulate',
    status: 'processing',
    progress: null,
    attempt: 1,
    version: 1,
    bodyVersion: 1,
    createdAt,
    updatedAt: createdAt,
    title: `Job ${at}`,
    tags: ['bench'],
    input: { pages: PAGES },
    result: null,
  };
}

function stepped(job: Job, told: number): Job {
  const current = (job.progress?.current ?? 0) + 1;
  const progress: JobProgress = { current, total: PAGES, percentage: Math.floor((current * 100) / PAGES), message: `Page ${current}` };
  return { ...job, progress, version: job.version + 1, updatedAt: new Date(BEGIN + told).toISOString() };
}

function ended(job: Job): Job {
  const version = job.version + 1;
  return { ...job, status: 'completed', version, bodyVersion: version, result: { pages: job.progress?.current ?? 0 } };
}
