import type { Job } from '@harmonia/contract';
import type { JobEvent } from './job-event.js';
import type { RedisEntry, ToldEvent } from './redis-events.js';
import type { RedisPartition } from './redis-partition.js';
import { isApart, type KeptJob } from './redis-rows.js';
import { steppedJob } from './redis-steps.js';

/** So many jobs are remembered at least, those told of last, and twice as many at most. */
const LEAST = 10_000;

type Kept = ReadonlyMap<string, KeptJob>;

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
  #young = new Map<string, Job>();
  #old = new Map<string, Job>();

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
        if ((versions.get(id) ?? this.#find(id)?.version) !== step.version - 1) ids.add(id);
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
    if ('step' in told) return this.#hearStep(told, kept.get(told.id));
    const { event, apart } = told;
    if (event.kind === 'removed') this.#forget(event.id);
    if (!('job' in event)) return event;
    const { id } = event.job;
    if (!apart) {
      this.#keep(event.job);
      return event;
    }
    // what is long is not remembered
    this.#forget(id);
    const body = kept.get(id)?.record?.job;
    return body ? { ...event, job: { ...event.job, input: body.input, result: body.result } } : event;
  }

  #hearStep({ id, step }: Extract<ToldEvent, { step: unknown }>, kept: KeptJob | undefined): JobEvent | null {
    const known = this.#find(id);
    const isNext = known?.version === step.version - 1;
    const before = isNext ? known : kept?.record?.job;
    if (!before) return null;
    const job = steppedJob(before, step);
    if (isNext || !isApart(kept?.revision ?? '')) this.#keep(job);
    return { kind: 'progress', job };
  }

  #find(id: string): Job | undefined {
    return this.#young.get(id) ?? this.#old.get(id);
  }

  #forget(id: string): void {
    this.#young.delete(id);
    this.#old.delete(id);
  }

  #keep(job: Job): void {
    this.#young.set(job.id, job);
    if (this.#young.size < LEAST) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
