import { isTerminal, type Job } from '@harmonia/contract';
import type { Spectator } from './spectator.ts';
import type { Sample, Truth } from './truth.ts';

/** How long a view may take until it is as the store was [G1]. */
export const PROMISED_MS = 5000;
const LOOK_EVERY_MS = 100;
/** Faults that no connection outlives. */
const CUTS = /^client-(cut|refused|black-hole-then-cut)$/;

/** What a view showed in place of what it had to. */
export interface Difference {
  readonly spectator: string;
  readonly after: string;
  readonly id: string;
  readonly due: string | null;
  readonly shown: string | null;
  readonly isLostEnd: boolean;
}

/** What was seen so far. */
export interface Verdict {
  /** How many jobs were compared as a client shows them. */
  viewsCompared: number;
  mismatches: number;
  lostTerminals: number;
  /** Milliseconds from the first handshake, or the first delivered byte, until all was right, one for each fault and client. */
  readonly convergedIn: number[];
  /** Milliseconds from the end of a fault until the client had its first handshake, or the first byte. */
  readonly heardIn: number[];
  /** The first of the differences. */
  readonly differences: Difference[];
}

const MOST_DIFFERENCES = 5;

/** One client, as it is judged. */
class Watched {
  readonly faults = new Set<object>();
  /** The faults that are over, and for which it was not right again so far. */
  over: string[] = [];
  calmAt = 0;
  /** When its connection was cut last, whether it has noticed or not. */
  cutAt = 0;
  /** From when the promise counts: null while it cannot be kept. */
  from: number | null = null;
  required: Sample | null = null;
  readonly spectator: Spectator;

  constructor(spectator: Spectator) {
    this.spectator = spectator;
  }

  get lastHeardAt(): number {
    const { isConnected, admittedAt, link } = this.spectator;
    return isConnected ? Math.max(admittedAt, link.deliveredAt) : 0;
  }
}

/**
 * Looks at every client all the time. After each fault it has five seconds, from the first successful handshake where the
 * connection was lost, else from the first byte that is delivered, until it shows every job it watches as the store had it; as
 * long as nothing is done to it, it must go on doing so.
 */
export class Judge {
  readonly verdict: Verdict = { viewsCompared: 0, mismatches: 0, lostTerminals: 0, convergedIn: [], heardIn: [], differences: [] };
  private readonly all: Watched[] = [];
  private readonly truth: Truth;
  private isOver = false;
  private looking = Promise.resolve();

  constructor(truth: Truth) {
    this.truth = truth;
  }

  watch(spectator: Spectator): void {
    this.all.push(new Watched(spectator));
  }

  start(): void {
    this.looking = this.goOn();
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.looking;
  }

  /** Something is being done to this client. */
  disturb(spectator: Spectator, fault: object): void {
    const watched = this.find(spectator);
    watched.faults.add(fault);
    watched.from = null;
    watched.required = null;
  }

  /** It is over. */
  calm(spectator: Spectator, fault: object, kind: string): void {
    const watched = this.find(spectator);
    if (!watched.faults.delete(fault)) return;
    watched.over.push(kind);
    watched.calmAt = Date.now();
    if (CUTS.test(kind)) watched.cutAt = watched.calmAt;
    watched.from = null;
    watched.required = null;
  }

  /** Whether something is being done to it. */
  isDisturbed(spectator: Spectator): boolean {
    return this.find(spectator).faults.size > 0;
  }

  /** Whether nothing is being done to it, and it was right after everything that was. */
  isRight(spectator: Spectator): boolean {
    const { faults, over } = this.find(spectator);
    return faults.size === 0 && over.length === 0;
  }

  /** Asks of everyone to be right once more: what they show is compared as after a fault. */
  askAll(kind: string): void {
    const fault = {};
    for (const { spectator } of this.all) {
      this.disturb(spectator, fault);
      this.calm(spectator, fault, kind);
      const watched = this.find(spectator);
      // nothing was done: it counts from now on where it is connected
      watched.calmAt = 0;
    }
  }

  get allRight(): boolean {
    return this.all.every(({ spectator }) => this.isRight(spectator));
  }

  private find(spectator: Spectator): Watched {
    const found = this.all.find((one) => one.spectator === spectator);
    if (!found) throw new Error(`${spectator.name} is not watched.`);
    return found;
  }

  private async goOn(): Promise<void> {
    while (!this.isOver) {
      const next = new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      await this.look();
      await next;
    }
  }

  private async look(): Promise<void> {
    // what is shown is taken down first: the store may be ahead of it then, and never behind
    const shown = this.all.filter((watched) => this.counts(watched)).map((watched) => ({ watched, view: this.viewOf(watched) }));
    const sample = await this.truth.look();
    for (const { watched, view } of shown) {
      // something may have begun meanwhile
      if (watched.faults.size > 0) continue;
      if (watched.required && sample) this.compare(watched, watched.required, view, sample);
      if (watched.from !== null && Date.now() - watched.from > PROMISED_MS) this.fail(watched, view, sample);
      if (sample && sample.askedAt >= (watched.from ?? watched.calmAt)) watched.required ??= sample;
    }
  }

  /** Whether the promise holds for this client by now. */
  private counts(watched: Watched): boolean {
    if (watched.faults.size > 0) return false;
    if (!watched.spectator.isConnected) {
      watched.from = null;
      watched.required = null;
      return false;
    }
    if (watched.from !== null) return true;
    // a client that has nothing to hear may be right without hearing anything
    if (watched.lastHeardAt < watched.calmAt) return watched.spectator.admittedAt > watched.cutAt;
    watched.from = Date.now();
    watched.required = null;
    if (watched.calmAt > 0) this.verdict.heardIn.push(watched.from - watched.calmAt);
    return true;
  }

  private viewOf({ spectator }: Watched): Map<string, Job | null> {
    return new Map([...spectator.watches(this.truth.latest.jobs)].map((id) => [id, spectator.shown(id)]));
  }

  private compare(watched: Watched, required: Sample, view: Map<string, Job | null>, sample: Sample): void {
    if ([...view.keys()].some((id) => this.differs(watched, id, required, view, sample))) return;
    const { verdict } = this;
    const now = Date.now();
    verdict.viewsCompared += view.size;
    for (let fault = 0; fault < watched.over.length; fault++) verdict.convergedIn.push(now - (watched.from ?? now));
    watched.over = [];
    // from here on it has to stay so
    watched.from = now;
    watched.required = sample;
  }

  /**
   * Whether a view is behind what the store had when the time began, or ahead of what it has: of a future that was lost. Where it
   * shows the very version of the store, everything in it has to be the same.
   */
  private differs({ spectator }: Watched, id: string, required: Sample, view: Map<string, Job | null>, sample: Sample): boolean {
    const [due, now, shown] = [required.jobs.get(id), sample.jobs.get(id), view.get(id)];
    if (!shown) return due !== undefined && now !== undefined;
    if (!now) return true;
    if (due && shown.version < due.version && due.createdAt === now.createdAt) return true;
    if (shown.version > now.version) return true;
    return shown.version === now.version && spectator.text(shown) !== spectator.text(now);
  }

  private fail(watched: Watched, view: Map<string, Job | null>, sample: Sample | null): void {
    const { spectator, required, over } = watched;
    const after = over.join(', ') || 'nothing';
    for (const [id, shown] of required && sample ? view : []) {
      if (!required || !sample || !this.differs(watched, id, required, view, sample)) continue;
      const due = required.jobs.get(id) ?? null;
      const isLostEnd = due !== null && isTerminal(due.status) && (shown?.status !== due.status || shown.attempt !== due.attempt);
      this.verdict.mismatches++;
      if (isLostEnd) this.verdict.lostTerminals++;
      if (this.verdict.differences.length < MOST_DIFFERENCES)
        this.verdict.differences.push({
          spectator: spectator.name,
          after,
          id,
          due: due && spectator.text(due),
          shown: shown && spectator.text(shown),
          isLostEnd,
        });
    }
    watched.over = [];
    watched.from = Date.now();
    watched.required = null;
  }
}
