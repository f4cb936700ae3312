import type { Job } from '@harmonia/contract';
import type { JobEvent } from './job-event.js';
import type { RedisEntry, ToldEvent } from './redis-events.js';
import type { RedisPartition } from './redis-partition.js';
import { isApart, type KeptJob } from './redis-rows.js';
import { steppedJob } from './redis-steps.js';

/** So many jobs are remembered at least, those told of last, and twice as many at most. */
const LEAST = 10_000;

type Kept = ReadonlyMap<string, KeptJob>;

/** What was heard last of a job; a body that is apart is not remembered. */
interface HeardJob {
  readonly job: Job;
  readonly apart: boolean;
}

/** The events of an entry, and the position after them. */
export interface HeardEvents {
  readonly position: number;
  readonly events: readonly JobEvent[];
}

/**
 * What a follower has heard last of each job: a step of progress travels without the job that it goes on from. What is not
 * remembered is read, as are bodies that did not travel; such a job may be newer than its event, never older, and then an event
 * that tells so comes after it. Of a job that is gone by now there is none: its steps are left out, and its removal comes.
 */
export class RedisHeard {
  readonly #partition: Pick<RedisPartition, 'read'>;
  /** In two generations, which costs less than an order in which each is forgotten by itself. */
  #young = new Map<string, HeardJob>();
  #old = new Map<string, HeardJob>();

  constructor(partition: Pick<RedisPartition, 'read'>) {
    this.#partition = partition;
  }

  /** To be called when something was missed. */
  forget(): void {
    this.#young.clear();
    this.#old.clear();
  }

  /** What entries tell, in order. */
  async complete(entries: readonly RedisEntry[]): Promise<readonly HeardEvents[]> {
    const ids = this.#unknown(entries);
    const kept: Kept = ids.length > 0 ? (await this.#partition.read(ids)).kept : new Map();
    return entries.map(({ position, events }) => ({ position, events: events.flatMap((told) => this.#hear(told, kept) ?? []) }));
  }

  /** The jobs that are to be read before all of this can be told. */
  #unknown(entries: readonly RedisEntry[]): string[] {
    const versions = new Map<string, number>();
    const ids = new Set<string>();
    for (const told of entries.flatMap(({ events }) => events)) {
      if ('step' in told) {
        const { id, step } = told;
        const known = this.#find(id);
        if (known?.apart || (versions.get(id) ?? known?.job.version) !== step.version - 1) ids.add(id);
        versions.set(id, step.version);
      } else if ('job' in told.event) {
        const { id, version } = told.event.job;
        if (told.apart) ids.add(id);
        versions.set(id, version);
      }
    }
    return [...ids];
  }

  #hear(told: ToldEvent, kept: Kept): JobEvent | null {
    if ('step' in told) return this.#hearStep(told, kept);
    const { event, apart } = told;
    if (event.kind === 'removed') this.#forget(event.id);
    if (!('job' in event)) return event;
    this.#keep({ job: event.job, apart });
    return apart ? { ...event, job: withBody(event.job, kept) } : event;
  }

  #hearStep({ id, step }: Extract<ToldEvent, { step: unknown }>, kept: Kept): JobEvent | null {
    const known = this.#find(id);
    const before = known?.job.version === step.version - 1 ? known : readOf(kept.get(id), step.version);
    if (!before) return null;
    const job = steppedJob(before.job, step);
    this.#keep({ job, apart: before.apart });
    return { kind: 'progress', job: before.apart ? withBody(job, kept) : job };
  }

  #find(id: string): HeardJob | undefined {
    return this.#young.get(id) ?? this.#old.get(id);
  }

  #forget(id: string): void {
    this.#young.delete(id);
    this.#old.delete(id);
  }

  #keep(heard: HeardJob): void {
    this.#young.set(heard.job.id, heard);
    if (this.#young.size < LEAST) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}

/** A job as it is by now stands for what it was: its body may have changed since, which a later event tells. */
function readOf(kept: KeptJob | undefined, version: number): HeardJob | undefined {
  if (!kept?.record) return undefined;
  const { job } = kept.record;
  const apart = isApart(kept.revision);
  const before = { ...job, bodyVersion: Math.min(job.bodyVersion, version) };
  return { job: apart ? { ...before, input: null, result: null } : before, apart };
}

/** With the body that it has by now; without, when it is gone. */
function withBody(job: Job, kept: Kept): Job {
  const body = kept.get(job.id)?.record?.job;
  return body ? { ...job, input: body.input, result: body.result } : job;
}
