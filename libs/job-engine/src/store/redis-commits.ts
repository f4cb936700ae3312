import { RefusalError } from '@harmonia/contract';
import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { ChangeOutcome, JobChange } from './job-change.js';
import { commitOf, sendCommit, type Commit } from './redis-commit.js';
import { jobIdOf, RedisDraft } from './redis-draft.js';
import type { RedisMemory } from './redis-memory.js';
import type { PartitionOptions, RedisPartition } from './redis-partition.js';
import { keptRow, NOTHING_KEPT, type KeptJob } from './redis-rows.js';

/** How many changes one call commits: enough to share its price, and few enough that Redis has one while the next is prepared. */
const MOST_CHANGES = 128;
/** While Redis makes one commit, the next is prepared and sent. */
const MOST_AT_ONCE = 2;
/** Each round in vain means that another node has committed, so all together get on; this many mean a fault. */
const MOST_ROUNDS = 200;

interface Call {
  readonly changes: readonly JobChange[];
  readonly resolve: (outcomes: readonly ChangeOutcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/** A round of a commit: its calls with their answers, and whether all was as known. */
interface Round {
  readonly calls: readonly Call[];
  readonly answers: readonly (readonly ChangeOutcome[])[];
  readonly isMade: Promise<boolean>;
}

/**
 * Commits changes to the jobs of a partition: decides upon what this node knows, and sends what comes of it, for Redis to
 * make in one call if that is still so [R6]. Whatever asks while commits are on their way goes into the next one, which
 * builds on those before it, and finds out like any other if they were not made.
 */
export class RedisCommits {
  readonly #partition: RedisPartition;
  readonly #options: PartitionOptions;
  readonly #memory: RedisMemory;
  readonly #calls: Call[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #origin = randomBytes(9).toString('base64url');
  #count = 0;
  #prepared: Promise<unknown> = Promise.resolve();

  constructor(partition: RedisPartition, options: PartitionOptions, memory: RedisMemory) {
    this.#partition = partition;
    this.#options = options;
    this.#memory = memory;
  }

  /** More changes than one commit may hold are several, one after the other. */
  async apply(changes: readonly JobChange[]): Promise<readonly ChangeOutcome[]> {
    const parts: Promise<readonly ChangeOutcome[]>[] = [];
    for (let at = 0; at < changes.length; at += MOST_CHANGES) parts.push(this.#call(changes.slice(at, at + MOST_CHANGES)));
    return (await Promise.all(parts)).flat();
  }

  /** When nothing is being committed any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #call(changes: readonly JobChange[]): Promise<readonly ChangeOutcome[]> {
    return new Promise((resolve, reject) => {
      this.#calls.push({ changes, resolve, reject });
      if (this.#running.size >= MOST_AT_ONCE) return;
      const running = this.#run().finally(() => this.#running.delete(running));
      this.#running.add(running);
    });
  }

  async #run(): Promise<void> {
    // whatever is asked in the same moment goes along
    await Promise.resolve();
    while (this.#calls.length > 0) {
      const calls = this.#take();
      try {
        await this.#commit(calls);
      } catch (error) {
        for (const { changes, reject } of calls) {
          // it is not sure what became of them
          for (const change of changes) this.#memory.forget(jobIdOf(change) ?? '');
          reject(error);
        }
      }
    }
  }

  /** As many calls as one commit may hold, at least one. */
  #take(): Call[] {
    let count = 0;
    const until = this.#calls.findIndex(({ changes }, index) => (count += changes.length) > MOST_CHANGES && index > 0);
    return this.#calls.splice(0, until < 0 ? this.#calls.length : until);
  }

  async #commit(asked: readonly Call[]): Promise<void> {
    const learnt = new Map<string, KeptJob>();
    let calls = asked;
    for (let round = 0; round < MOST_ROUNDS && calls.length > 0; round++) {
      const { calls: decided, answers, isMade } = await this.#inTurn(() => this.#prepare(calls, learnt));
      calls = decided;
      if (!(await isMade)) continue;
      calls.forEach(({ resolve }, index) => resolve(answers[index] ?? []));
      return;
    }
    if (calls.length > 0) throw new RefusalError('unavailable', 'Too many others change these jobs at the same time. Try again shortly.');
  }

  /** One after the other: each is decided upon what those before it have made. */
  #inTurn<Result>(prepare: () => Promise<Result>): Promise<Result> {
    const prepared = this.#prepared.then(prepare);
    this.#prepared = prepared.catch(() => undefined);
    return prepared;
  }

  /** Ends as soon as the commit is sent. */
  async #prepare(asked: readonly Call[], learnt: Map<string, KeptJob>): Promise<Round> {
    await this.#options.connection().ready();
    const { epoch } = this.#partition;
    const kept = await this.#recall(asked, learnt);
    const inVain = { calls: asked, answers: [], isMade: Promise.resolve(false) };
    if (epoch !== this.#partition.epoch) {
      learnt.clear();
      return inVain;
    }
    const now = this.#options.now();
    const draft = new RedisDraft(kept, now);
    const { answers, broken } = this.#decideAll(asked, draft);
    if (broken) return { ...inVain, calls: asked.filter((call) => call !== broken) };
    const name = this.#origin + (++this.#count).toString(36);
    const commit = commitOf(draft, now, name, this.#partition, this.#options);
    const isMade = this.#send(commit, learnt);
    // a rejection before anyone waits for it is none of the process's
    isMade.catch(() => undefined);
    return { calls: asked, answers, isMade };
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
  async #recall(calls: readonly Call[], learnt: Map<string, KeptJob>): Promise<Map<string, KeptJob>> {
    const kept = new Map<string, KeptJob>();
    const unknown = new Set<string>();
    for (const { changes } of calls) {
      for (const change of changes) {
        const id = jobIdOf(change);
        if (id === undefined || kept.has(id) || unknown.has(id)) continue;
        const known = learnt.get(id) ?? this.#memory.get(id) ?? (change.kind === 'created' ? NOTHING_KEPT : undefined);
        if (known) kept.set(id, known);
        else unknown.add(id);
      }
    }
    if (unknown.size > 0) for (const [id, job] of (await this.#partition.read([...unknown])).kept) kept.set(id, job);
    return kept;
  }

  /** False when something was not as known: then `learnt` says how it is. Until then this node goes by what it has sent. */
  async #send(commit: Commit, learnt: Map<string, KeptJob>): Promise<boolean> {
    const { jobs, revisions } = commit;
    const answered = sendCommit(commit, this.#options.connection);
    jobs.forEach(({ id, kept, record }, index) => {
      const revision = revisions[index];
      if (revision) this.#memory.advance(id, kept.revision, { record, revision });
    });
    const [result, ...rest] = await answered;
    if (result === 'done') return true;
    jobs.forEach(({ id, kept }, index) => {
      this.#memory.forget(id, revisions[index]);
      learnt.set(id, kept);
    });
    if (result === 'epoch') {
      learnt.clear();
      await this.#options.connection().greetAgain();
    } else for (const [job, row] of v.parse(ConflictsSchema, rest)) learnt.set(jobs[job - 1]?.id ?? '', keptRow(row));
    return false;
  }
}

const ConflictsSchema = v.array(v.tuple([v.number(), v.unknown()]));
