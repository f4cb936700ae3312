import { isTerminal, type Job } from '@harmonia/contract';
import type { ChangeOutcome, JobChange } from '@harmonia/job-engine';
import type { Random } from '../rig/random.ts';
import type { Truth } from './truth.ts';

const TICK_MS = 50;
const MOST_AT_ONCE = 400;
const ACTIVE_JOBS = 24;
const ENDED_JOBS = 50;
const TOTAL = 40;

/** Hands changes to whoever decides them. */
export type ApplyChanges = (changes: readonly JobChange[]) => Promise<readonly ChangeOutcome[]>;

/** An end that was accepted, as it was. */
export interface End {
  readonly status: Job['status'];
  readonly attempt: number;
  readonly version: number;
  readonly result: string;
}

/** Workers in this process: jobs are created, worked on, ended, tried again, renamed and deleted; some report after the end. */
export class Workload {
  /** How many changes were accepted: each is an event. */
  events = 0;
  /** How many accepted ends the store no longer knew, or had otherwise. */
  undoneEnds = 0;
  private readonly ends = new Map<string, End>();
  private readonly epochs = new Set<string>();
  /** The epochs before the store went back: what was accepted in them may be told of later than that. */
  private forgiven: ReadonlySet<string> = new Set();
  private isOver = false;
  private isHeld = false;
  private isGoingBack = false;
  private working = Promise.resolve();
  private created = 0;
  private readonly apply: ApplyChanges;
  private readonly truth: Truth;
  private readonly users: readonly string[];
  private readonly random: Random;
  private readonly changesASecond: number;
  private reportedAt = Date.now();

  constructor(apply: ApplyChanges, truth: Truth, users: readonly string[], random: Random, changesASecond: number) {
    this.apply = apply;
    this.truth = truth;
    this.users = users;
    this.random = random;
    this.changesASecond = changesASecond;
  }

  start(): void {
    this.working = this.goOn();
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.working;
  }

  /** Another worker was told that this end was accepted. */
  noteEnd(id: string, end: End, epoch: string): void {
    this.epochs.add(epoch);
    if (!this.forgiven.has(epoch)) this.ends.set(id, end);
  }

  /** Whether nothing is to happen to any job. */
  get isHushed(): boolean {
    return this.isHeld;
  }

  /** Nothing happens to any job until {@link release}. */
  hold(): void {
    this.isHeld = true;
  }

  release(): void {
    this.isHeld = false;
  }

  /** The store is about to lose what came after some moment: what it says of ends is held against it again after {@link forgive}. */
  expectLoss(): void {
    this.isGoingBack = true;
  }

  /** The store lost what came after some moment: only what it still knows is held against it. */
  forgive(): void {
    this.isGoingBack = false;
    this.forgiven = new Set(this.epochs);
    const { jobs } = this.truth.latest;
    for (const [id, end] of this.ends) {
      const job = jobs.get(id);
      // at the same version it may be another state of it by now
      if (job?.version !== end.version || !isAsIn(end, job)) this.ends.delete(id);
    }
  }

  /** Compares the ends that were accepted with what the store has: to be asked when nothing happens any more [R4]. */
  audit(): void {
    const { jobs } = this.truth.latest;
    this.checkEnds();
    this.undoneEnds += [...this.ends.keys()].filter((id) => !jobs.has(id)).length;
  }

  /** What has moved on since its end, and is not as it ended. */
  private checkEnds(): void {
    if (this.isGoingBack) return;
    const { jobs } = this.truth.latest;
    for (const [id, end] of this.ends) {
      const job = jobs.get(id);
      if (!job || job.version < end.version) continue;
      if (isAsIn(end, job)) continue;
      this.undoneEnds++;
      this.ends.delete(id);
    }
  }

  private async goOn(): Promise<void> {
    while (!this.isOver) {
      const next = new Promise((resolve) => setTimeout(resolve, TICK_MS));
      if (!this.isHeld) await this.work();
      await next;
    }
  }

  private async work(): Promise<void> {
    this.checkEnds();
    const changes = [...this.users.flatMap((userId) => this.keptUp(userId)), ...this.reports()];
    try {
      const outcomes = await this.apply(changes);
      outcomes.forEach((outcome, index) => this.note(changes[index], outcome));
    } catch {
      // the store is away: what became of these is not known, and nothing is held against it
      for (const change of changes) this.ends.delete(idOf(change));
    }
  }

  /** So many jobs of a user are under way, and no more than so many ended ones are kept. */
  private keptUp(userId: string): JobChange[] {
    const theirs = [...this.truth.latest.jobs.values()].filter((job) => job.userId === userId);
    const ended = theirs.filter(({ status }) => isTerminal(status));
    const missing = Math.min(4, ACTIVE_JOBS - (theirs.length - ended.length));
    const created = Array.from({ length: Math.max(0, missing) }, () => this.newJob(userId));
    const oldest = ended.sort((a, b) => a.version - b.version)[0];
    return [...created, ...(oldest && ended.length > ENDED_JOBS ? [{ kind: 'removed' as const, id: oldest.id }] : [])];
  }

  private newJob(userId: string): JobChange {
    const id = `job-${++this.created}-${this.random.between(1, 1e6)}`;
    return {
      kind: 'created',
      job: { id, userId, jobType: 'external', title: `Job ${this.created}`, tags: ['proof'], input: { seed: this.created } },
    };
  }

  private reports(): JobChange[] {
    const jobs = [...this.truth.latest.jobs.values()];
    const active = jobs.filter(({ status }) => !isTerminal(status));
    const ended = jobs.filter(({ status }) => isTerminal(status));
    const now = Date.now();
    const due = Math.min(MOST_AT_ONCE, Math.round((this.changesASecond * (now - this.reportedAt)) / 1000));
    this.reportedAt = now;
    return Array.from({ length: due }, () => {
      const late = this.random.next() < 0.02 ? this.random.pick(ended) : undefined;
      if (late) return this.afterTheEnd(late);
      const job = this.random.pick(active);
      return job ? [this.reportOn(job)] : [];
    }).flat();
  }

  private reportOn({ id, attempt, progress }: Job): JobChange {
    const dice = this.random.next();
    const current = Math.min(TOTAL, (progress?.current ?? 0) + this.random.between(0, 2));
    if (dice < 0.007) return { kind: 'reported', id, status: 'completed', result: { steps: current } };
    if (dice < 0.01) return { kind: 'reported', id, status: 'failed', error: { code: 'broken', message: `Broke at ${current}.` } };
    if (dice < 0.012) return { kind: 'cancelled', id };
    if (dice < 0.015) return { kind: 'requeued', id, reason: 'retrying' };
    if (dice < 0.02) return { kind: 'edited', id, title: `Renamed ${this.random.between(1, 1000)}` };
    return {
      kind: 'reported',
      id,
      attempt,
      progress: { current, total: TOTAL, message: `Step ${current} of ${TOTAL}, ${Math.floor(dice * 1e6)}` },
    };
  }

  /** A worker that does not know that it is too late, or a person who tries again. */
  private afterTheEnd({ id, attempt, status }: Job): JobChange[] {
    if (status !== 'completed' && this.random.next() < 0.3) return [{ kind: 'retried', id }];
    const progress = { current: 1, total: TOTAL, message: 'Too late' };
    return [{ kind: 'reported', id, attempt, sequence: 1_000_000, progress, status: this.random.pick(['processing', 'failed'] as const) }];
  }

  private note(change: JobChange | undefined, outcome: ChangeOutcome): void {
    if (!change || outcome.result !== 'accepted') return;
    this.events++;
    this.epochs.add(outcome.epoch);
    const job = outcome.record?.job;
    const isTooLate = change.kind === 'reported' && change.sequence === 1_000_000;
    if (isTooLate) return;
    if (!job || !isTerminal(job.status)) this.ends.delete(idOf(change));
    else this.noteEnd(job.id, endOf(job), outcome.epoch);
  }
}

const isAsIn = (end: End, { status, attempt, result }: Job): boolean =>
  status === end.status && attempt === end.attempt && JSON.stringify(result) === end.result;

const endOf = ({ status, attempt, version, result }: Job): End => ({ status, attempt, version, result: JSON.stringify(result) });

const idOf = (change: JobChange): string => ('id' in change ? change.id : '');
