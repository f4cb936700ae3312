import { Logger } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import type { JobEventBatch } from './job-event.js';
import type { JobStore, Unfollow } from './job-store.js';

const RETRY_MS = 1000;

/** What a {@link StoreFollower} serves. */
export interface StoreListener {
  /** Every batch as it comes; called one after the other. */
  hear(batch: JobEventBatch): void;
  /** Reads what matters, since it is not known yet or something was missed [F2]. When it rejects it is called again. */
  readAnew(): Promise<void>;
}

/**
 * Follows a store for as long as its owner lives. The store may be away when it starts: it begins as soon as there is an
 * answer. Then, and whenever something was missed, the listener reads anew what matters.
 *
 * @example
 * const follower = new StoreFollower('The mailer', store, { hear: ({ events }) => mail(events), readAnew: () => mailWhatIsDue() });
 * await follower.start();
 */
export class StoreFollower {
  private readonly logger: Logger;
  private readonly stopped = new AbortController();
  private unfollow: Unfollow | null = null;
  private working: Promise<void> | null = null;
  private isDue = true;
  private isFailing = false;

  /** @param owner who follows, for the log, such as "The runner" */
  constructor(
    private readonly owner: string,
    private readonly store: Pick<JobStore, 'follow'>,
    private readonly listener: StoreListener,
  ) {
    this.logger = new Logger(owner);
  }

  /** Resolves when it has begun, and also when the store is away: then it begins by itself. Never rejects. */
  async start(): Promise<void> {
    const first = this.catchUp();
    this.work(first);
    await first;
  }

  /** Resolves when nothing is being read any more, and nothing will be heard. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.working;
    await this.unfollow?.();
  }

  private work(first: Promise<boolean>): void {
    this.working ??= this.persist(first).finally(() => {
      this.working = null;
      if (this.isDue && !this.stopped.signal.aborted) this.work(this.catchUp());
    });
  }

  private async persist(first: Promise<boolean>): Promise<void> {
    const { signal } = this.stopped;
    for (let done = await first; !done && !signal.aborted; done = signal.aborted || (await this.catchUp())) {
      await wait(RETRY_MS, undefined, { ref: false, signal }).catch(() => undefined);
    }
  }

  /** Whether it follows and has read all that it missed. Never rejects. */
  private async catchUp(): Promise<boolean> {
    try {
      this.unfollow ??= await this.store.follow(null, (batch) => this.hear(batch));
      while (this.isDue && !this.stopped.signal.aborted) {
        this.isDue = false;
        await this.listener.readAnew();
      }
      this.isFailing = false;
      return true;
    } catch (error) {
      this.isDue = true;
      this.log(error);
      return false;
    }
  }

  private hear(batch: JobEventBatch): void {
    if (this.stopped.signal.aborted) return;
    this.listener.hear(batch);
    if (!batch.missed) return;
    this.isDue = true;
    if (!this.working) this.work(this.catchUp());
  }

  /** Once an outage. */
  private log(error: unknown): void {
    if (this.isFailing || this.stopped.signal.aborted) return;
    this.isFailing = true;
    const reason = error instanceof Error ? (error.cause ?? error) : error;
    this.logger.warn(`${this.owner} cannot read the job store; it goes on as soon as it can. ${String(reason)}`);
  }
}
