import { framedLine, isTerminal, type Job } from '@harmonia/contract';
import type { JobAccess } from '@harmonia/job-engine';
import { Logger } from '@nestjs/common';
import { refusalOf } from '../connection/refusal-of.js';
import type { JobWatches } from './job-watches.js';
import { KeptJobs, type Kept } from './kept-jobs.js';
import type { Pace } from './pace.js';
import { watchRoomsOf } from './rooms.js';
import type { Watcher } from './watcher.js';
import type { Watchers } from './watchers.js';
import { stateEvents, type WireEvent } from './wire-events.js';

/** How often it is looked whether a slow socket has drained, ms; one that acknowledges says so itself. */
const LOOK_MS = 50;
/** So many jobs are read and told at a time. */
const BATCH = 500;

interface Means {
  readonly watchers: Watchers;
  readonly watches: JobWatches;
  readonly access: JobAccess;
  readonly patienceMs: number;
}

/**
 * The time in which a socket does not keep up [L2], from when it fell behind: what happens is kept. When it has drained it is
 * told the newest of that, ends first, as the store and the policy say then, and hears of its rooms again; when it does not
 * drain for too long it is closed, comes back by itself and asks [S5].
 */
export class SlowSpell {
  private static readonly log = new Logger(SlowSpell.name);
  private readonly kept = new KeptJobs();
  private readonly looking = setInterval(() => this.look(), LOOK_MS);
  private drainedAt = performance.now();
  private isTelling = false;

  constructor(
    private readonly watcher: Watcher,
    private readonly pace: Pace,
    private readonly means: Means,
  ) {
    this.looking.unref();
    means.watchers.keep(watcher, this.kept);
    // not at once: it may have fallen behind between two parts of a message
    queueMicrotask(() => pace.mark());
  }

  /** To be called when it may have drained. */
  look(): void {
    const { watcher, pace, means } = this;
    if (!watcher.isConnected || this.isOver) return clearInterval(this.looking);
    if (this.isTelling) return;
    if (pace.isDrained) return this.tell();
    const isLost = watcher.isPlain && this.kept.isOverflown;
    if (isLost || performance.now() - this.drainedAt > means.patienceMs) void watcher.close('timeout');
  }

  private get isOver(): boolean {
    return this.watcher.kept !== this.kept;
  }

  private tell(): void {
    this.isTelling = true;
    this.watcher.inTurn(() => this.tellAll().finally(() => (this.isTelling = false)));
  }

  private async tellAll(): Promise<void> {
    const { watcher, pace, kept } = this;
    try {
      while (watcher.isConnected && pace.isDrained && !kept.isEmpty) await this.tellSome(kept.next(BATCH));
    } catch (error) {
      // it cannot be told what it may see: let it come back and ask
      return void watcher.close(refusalOf(error, 'Telling a slow socket what it missed', SlowSpell.log).code);
    }
    this.drainedAt = performance.now();
    if (kept.isEmpty && watcher.isConnected) this.end();
  }

  /** Nothing is kept any more: it hears of its rooms again. */
  private end(): void {
    clearInterval(this.looking);
    if (this.kept.isOverflown && this.watcher.isPlain) return void this.watcher.close('timeout');
    this.means.watchers.keep(this.watcher, null);
    if (this.kept.isOverflown) this.watcher.sayLagged();
  }

  /** Decided as a watch is [S3]: what it may no longer see when it is told, it is not told. */
  private async tellSome(ids: readonly string[]): Promise<void> {
    const { watcher, means } = this;
    const scope = { jobIds: new Set(ids), user: false, all: false };
    const read = () => means.access.readAll(watcher.session, ids);
    await means.watches.decide(watcher, scope, read, ({ epoch, jobs }, pending) => {
      const current = pending.current([...jobs.values()]).filter((job) => watchRoomsOf(job).some((room) => watcher.isIn(room)));
      pending.answer(current);
      this.tellCurrent(ids, new Map(current.map((job) => [job.id, job])), epoch);
    });
  }

  private tellCurrent(ids: readonly string[], current: ReadonlyMap<string, Job>, epoch: string): void {
    const { watcher, pace, kept } = this;
    const at = Date.now();
    const lines: string[] = [];
    for (const id of ids) {
      if (pace.isBehind) break;
      const one = kept.take(id);
      const job = current.get(id);
      if (!one) continue;
      if (job && !watcher.isPlain && isFramed(one, job)) lines.push(framedLine(job, at));
      else missedEvents(one, job, epoch, watcher.isPlain).forEach((event) => watcher.send(event));
    }
    if (lines.length > 0) watcher.send({ name: 'jobs:frame', payload: { epoch, at, jobs: lines.join('\n') } });
    pace.mark();
  }
}

/** Whether a line of a frame says it all [E4]. */
const isFramed = ({ hasBody, ends }: Kept, { status }: Job): boolean => !hasBody && ends.length === 0 && !isTerminal(status);

/** What was missed of a job that is there, or is not to be seen any more. */
function missedEvents({ isNew, ends, removed }: Kept, job: Job | undefined, epoch: string, isPlain: boolean): readonly WireEvent[] {
  const past = ends.filter((end) => !job || end.attempt < job.attempt).flatMap(({ wire }) => wire ?? []);
  if (!job) return removed ? [...past, removed] : [];
  const created: readonly WireEvent[] = isNew ? [{ name: 'job:created', payload: { epoch, job } }] : [];
  const saysItAll = isNew && !isPlain && !isTerminal(job.status);
  return [...past, ...created, ...(saysItAll ? [] : stateOf(job, ends, epoch, isPlain))];
}

/** A plain client may need two events to read it all [E3], and hears of an end again only if it missed it. */
function stateOf(job: Job, ends: Kept['ends'], epoch: string, isPlain: boolean): readonly WireEvent[] {
  const hasEnded = ends.some(({ attempt }) => attempt === job.attempt);
  if (hasEnded || (isPlain && !isTerminal(job.status))) return stateEvents(job, epoch).slice(0, isPlain ? 2 : 1);
  return [{ name: 'job:status', payload: { epoch, ...job } }];
}
