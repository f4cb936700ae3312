import { isTerminal } from '@harmonia/contract';
import { setTimeout as wait } from 'node:timers/promises';
import type { JobEvent, JobEventBatch } from '../store/job-event.js';
import type { JobReporter } from './job-reporter.js';

/** How long a process remembers an attempt of which it says nothing any more, ms. */
const REMEMBERED_MS = 10 * 60_000;
const SWEEP_MS = 60_000;
const MOST_ENDED = 1000;
const RETRY_MS = 1000;

/**
 * What this process has said of attempts lately: of those that run, and of the newest that have ended. In another epoch the
 * store may have forgotten it, and is told again [F5].
 */
export class ReportMemory {
  private readonly running = new Map<string, JobReporter>();
  private readonly ended = new Map<string, JobReporter>();
  private known: string | null = null;
  private sweptAt = Date.now();
  private isRepeating = false;
  private isClosed = false;

  /** The store's epoch as it was last heard of, null while it was not. */
  get epoch(): string | null {
    return this.known;
  }

  /** Learns the epoch of the store; when it is another one, everything is said again. */
  learn(epoch: string): void {
    if (epoch === this.known) return;
    const isFirst = this.known === null;
    this.known = epoch;
    if (!isFirst) void this.repeat();
  }

  /** Remembers what has just been accepted. */
  keep(reporter: JobReporter): void {
    this.sweep();
    if (!reporter.hasEnded) return void this.running.set(reporter.id, reporter);
    this.drop(reporter);
    this.ended.set(reporter.id, reporter);
    const [oldest] = this.ended.keys();
    if (this.ended.size > MOST_ENDED && oldest !== undefined) this.ended.delete(oldest);
  }

  /** Forgets an attempt that is over. */
  drop(reporter: JobReporter): void {
    for (const reporters of [this.running, this.ended]) {
      if (reporters.get(reporter.id) === reporter) reporters.delete(reporter.id);
    }
  }

  /** Forgets what is no longer so, whoever said that. */
  hear({ epoch, events }: Pick<JobEventBatch, 'epoch' | 'events'>): void {
    this.learn(epoch);
    for (const event of events) this.forget(event);
  }

  close(): void {
    this.isClosed = true;
    this.running.clear();
    this.ended.clear();
  }

  private forget(event: JobEvent): void {
    if (event.kind === 'revoked') return;
    const id = event.kind === 'removed' ? event.id : event.job.id;
    const [running, ended] = [this.running.get(id), this.ended.get(id)];
    const attempt = event.kind === 'removed' ? Infinity : event.job.attempt;
    const isOver = 'job' in event && isTerminal(event.job.status);
    if (running && (attempt > running.attempt || (isOver && attempt === running.attempt))) this.running.delete(id);
    if (ended && attempt > ended.attempt) this.ended.delete(id);
  }

  /** Never rejects. */
  private async repeat(): Promise<void> {
    if (this.isRepeating) return;
    this.isRepeating = true;
    for (let behind = this.behind(); behind.length > 0; behind = this.behind()) {
      await Promise.all(behind.map((reporter) => reporter.repeat()));
      if (this.behind().length > 0) await wait(RETRY_MS, undefined, { ref: false });
    }
    this.isRepeating = false;
  }

  private behind(): JobReporter[] {
    if (this.isClosed) return [];
    return [...this.running.values(), ...this.ended.values()].filter(({ toldIn }) => toldIn !== this.known);
  }

  private sweep(): void {
    const now = Date.now();
    if (now - this.sweptAt < SWEEP_MS) return;
    this.sweptAt = now;
    for (const reporter of [...this.running.values(), ...this.ended.values()]) {
      if (now - reporter.saidAt > REMEMBERED_MS) this.drop(reporter);
    }
  }
}
