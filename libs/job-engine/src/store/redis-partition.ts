import { RefusalError } from '@harmonia/contract';
import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { ChangeOutcome, JobChange, JobRecord } from './job-change.js';
import { RecordCache } from './record-cache.js';
import { isLost, type RedisConnection, type RunScript } from './redis-connection.js';
import { jobIdOf, RedisDraft } from './redis-draft.js';
import { eventsText } from './redis-events.js';
import { RedisKeys } from './redis-keys.js';
import { RedisProblem } from './redis-problem.js';
import { keptRow, NOTHING_KEPT, type KeptJob } from './redis-rows.js';
import { ADOPT, COMMIT, FORGET, READ, type RedisScript } from './redis-scripts.js';
import { MEMORY, writesOf, type RedisWrite } from './redis-writes.js';

/** How many changes one call commits, so that Redis is never busy with one for long. */
const MOST_CHANGES = 500;
/** How long Redis remembers that a commit was made, for the node that did not hear the answer, ms. */
const COMMIT_MEMORY = 30_000;
const MOST_REPETITIONS = 3;
/** Each round in vain means that another node has committed, so all together get on; this many mean a fault. */
const MOST_ROUNDS = 200;
const FORGET_INTERVAL = 60_000;
const MOST_FORGOTTEN = 1000;

interface Call {
  readonly changes: readonly JobChange[];
  readonly resolve: (outcomes: readonly ChangeOutcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/** What all partitions of a store share. */
export interface PartitionOptions {
  readonly prefix: string;
  readonly connection: () => RedisConnection;
  /** The epoch of the store as a whole [R7]. */
  readonly epoch: () => string;
  readonly now: () => number;
  /** How many changes the stream of events reaches back. */
  readonly streamChanges: number;
}

/**
 * The jobs of one partition [F4]: decides upon what this node knows and commits what comes of it, if that is still so, in
 * one call of Redis [R6]. Whatever asks while a commit is on its way goes into the next one.
 */
export class RedisPartition {
  readonly keys: RedisKeys;
  /** [R7] Of this partition alone; '' while no server is known. */
  epoch = '';

  readonly #options: PartitionOptions;
  readonly #known = new RecordCache();
  readonly #calls: Call[] = [];
  #running: Promise<void> | null = null;
  #forgotAt = 0;

  constructor(options: PartitionOptions, index: number) {
    this.#options = options;
    this.keys = new RedisKeys(options.prefix, index);
  }

  /** [R7] Learns or sets the epoch of the server at the other end. */
  async adopt(run: RunScript, runId: string): Promise<void> {
    const epoch = v.parse(v.string(), await run(ADOPT, [this.keys.meta], [runId, randomUUID()]));
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    this.#known.clear();
  }

  apply(changes: readonly JobChange[]): Promise<readonly ChangeOutcome[]> {
    return new Promise((resolve, reject) => {
      this.#calls.push({ changes, resolve, reject });
      this.#running ??= this.#drain();
    });
  }

  /** When nothing is being committed any more. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async read(ids: readonly string[]): Promise<{ position: number; kept: Map<string, KeptJob> }> {
    const keys = [this.keys.meta, ...ids.map((id) => this.keys.jobOf(id))];
    const [position, ...rows] = await this.ask(READ, keys, []);
    const kept = new Map(ids.map((id, index) => [id, keptRow(rows[index])] as const));
    for (const [id, job] of kept) this.#remember(id, job);
    return { position: v.parse(v.number(), position), kept };
  }

  /** Runs a script whose first argument is the epoch, and which answers that the epoch is another one. */
  async ask(script: RedisScript, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown[]> {
    for (let tries = 0; tries < MOST_REPETITIONS; tries++) {
      const connection = this.#options.connection();
      await connection.ready();
      const answer = v.parse(v.array(v.unknown()), await connection.run(script, keys, [this.epoch, ...args]));
      if (answer[0] !== 'epoch') return answer;
      await connection.greetAgain();
    }
    throw new RedisProblem('redis-error');
  }

  /** [R13] To be called now and then. */
  async forget(): Promise<void> {
    const now = this.#options.now();
    if (now - this.#forgotAt < FORGET_INTERVAL) return;
    this.#forgotAt = now;
    const { meta, gone, goneFrom, goneAt, goneOf } = this.keys;
    await this.#options.connection().run(FORGET, [meta, gone, goneFrom, goneAt], [now - MEMORY, MOST_FORGOTTEN, goneOf]);
  }

  async #drain(): Promise<void> {
    while (this.#calls.length > 0) {
      const calls = this.#take();
      try {
        await this.#commit(calls);
      } catch (error) {
        for (const { changes, reject } of calls) {
          // it is not sure what became of them
          for (const change of changes) this.#known.forget(jobIdOf(change) ?? '');
          reject(error);
        }
      }
    }
    this.#running = null;
  }

  /** As many calls as one commit may hold, at least one. */
  #take(): Call[] {
    let count = 0;
    const until = this.#calls.findIndex(({ changes }, index) => (count += changes.length) > MOST_CHANGES && index > 0);
    return this.#calls.splice(0, until < 0 ? this.#calls.length : until);
  }

  async #commit(calls: readonly Call[]): Promise<void> {
    const token = randomUUID();
    const learnt = new Map<string, KeptJob>();
    let decided = this.#options.now();
    let [waiting, epoch] = [calls, ''];
    for (let round = 0; round < MOST_ROUNDS; round++) {
      await this.#options.connection().ready();
      if (epoch !== this.epoch) learnt.clear();
      epoch = this.epoch;
      const kept = await this.#recall(waiting, learnt);
      if (epoch !== this.epoch) continue;
      decided = Math.max(decided, this.#options.now());
      const draft = new RedisDraft(kept, decided);
      const { answers, broken } = this.#decideAll(waiting, draft);
      if (broken) {
        waiting = waiting.filter((call) => call !== broken);
        if (waiting.length === 0) return;
      } else if (await this.#send(draft, token, decided, learnt)) {
        waiting.forEach(({ resolve }, index) => resolve(answers[index] ?? []));
        return;
      }
    }
    throw new RefusalError('unavailable', 'Too many others change these jobs at the same time. Try again shortly.');
  }

  /** A call that could not be decided has been told so, and the others are to be decided without it. */
  #decideAll(calls: readonly Call[], draft: RedisDraft): { answers: (readonly ChangeOutcome[])[]; broken: Call | null } {
    const epoch = this.#options.epoch();
    const answers: (readonly ChangeOutcome[])[] = [];
    for (const call of calls) {
      try {
        answers.push(call.changes.map((change) => draft.decide(change, epoch)));
      } catch (error) {
        call.reject(error);
        return { answers, broken: call };
      }
    }
    return { answers, broken: null };
  }

  /** What is known of the jobs concerned: just learnt, remembered, or read; of one to be created, that there is none. */
  async #recall(calls: readonly Call[], learnt: ReadonlyMap<string, KeptJob>): Promise<Map<string, KeptJob>> {
    const kept = new Map<string, KeptJob>();
    const unknown = new Set<string>();
    for (const change of calls.flatMap(({ changes }) => changes)) {
      const id = jobIdOf(change);
      if (id === undefined || kept.has(id) || unknown.has(id)) continue;
      const known = learnt.get(id) ?? this.#remembered(id) ?? (change.kind === 'created' ? NOTHING_KEPT : undefined);
      if (known) kept.set(id, known);
      else unknown.add(id);
    }
    if (unknown.size > 0) for (const [id, job] of (await this.read([...unknown])).kept) kept.set(id, job);
    return kept;
  }

  /** False when something was not as known: then `learnt` says how it is. */
  async #send(draft: RedisDraft, token: string, now: number, learnt: Map<string, KeptJob>): Promise<boolean> {
    const jobs = [...draft.jobs.values()];
    const writes = jobs.flatMap((job) => writesOf(this.keys, job, now));
    const taken = Math.max(draft.events.length, writes.length > 0 ? 1 : 0);
    const events = draft.events.length > 0 ? eventsText(draft.events) : '';
    const keys = new KeyList([this.keys.meta, this.keys.events, this.keys.commit(token)]);
    const checks = jobs.flatMap(({ id, kept }) => [keys.numberOf(this.keys.jobOf(id)), kept.revision]);
    const flat = writes.flatMap((write) => flatten(write, keys));
    const args = [taken, this.#options.streamChanges, COMMIT_MEMORY, events, jobs.length, ...checks, ...flat];
    const [result, ...rest] = await this.#repeatedly(keys.all, args);
    if (result === 'epoch') {
      await this.#options.connection().greetAgain();
      return false;
    }
    if (result === 'conflict') {
      for (const [check, row] of v.parse(ConflictsSchema, rest)) learnt.set(jobs[check - 1]?.id ?? '', keptRow(row));
      return false;
    }
    const revision = String(v.parse(v.number(), rest[0]) + taken);
    for (const { id, record, kept, changedAt } of jobs) {
      const isWritten = record !== kept.record || changedAt !== null;
      this.#remember(id, { record, revision: isWritten ? revision : kept.revision });
    }
    return true;
  }

  /** A commit whose answer was lost is asked for again, and Redis knows by its token whether it was made. */
  async #repeatedly(keys: readonly string[], args: readonly (string | number)[]): Promise<unknown[]> {
    const { epoch } = this;
    for (let repetition = 0; ; repetition++) {
      try {
        const answer = await this.#options.connection().run(COMMIT, keys, [epoch, repetition === 0 ? 0 : 1, ...args]);
        return v.parse(v.array(v.unknown()), answer);
      } catch (error) {
        if (repetition >= MOST_REPETITIONS || !isLost(error)) throw error;
      }
    }
  }

  #remembered(id: string): KeptJob | undefined {
    const [record, revision] = [this.#known.get(id), this.#known.revisionOf(id)];
    return record && revision !== undefined ? { record, revision, tombstone: undefined } : undefined;
  }

  #remember(id: string, { record, revision }: { record: JobRecord | undefined; revision: string }): void {
    if (record) this.#known.keep(record, revision);
    else this.#known.forget(id);
  }
}

const ConflictsSchema = v.array(v.tuple([v.number(), v.unknown()]));

/** The keys of a call, each named once and by number. */
class KeyList {
  readonly all: string[];
  readonly #numbers = new Map<string, number>();

  constructor(keys: readonly string[]) {
    this.all = [...keys];
  }

  numberOf(key: string): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.all.push(key);
    this.#numbers.set(key, number);
    return number;
  }
}

function flatten({ name, key, more = [], args }: RedisWrite, keys: KeyList): (string | number)[] {
  return [name, keys.numberOf(key), more.length + args.length, ...more.map((other) => keys.numberOf(other)), ...args];
}
