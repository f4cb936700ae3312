import { Logger } from '@nestjs/common';
import { RefusalError } from '@harmonia/contract';
import { setImmediate as nextTick } from 'node:timers/promises';
import type { ChangeOutcome, JobChange } from '../store/job-change.js';
import type { JobStore } from '../store/job-store.js';

/** A change on its way into the store. Exactly one of `settle` and `fail` is called, once. */
export interface QueuedChange {
  /** The change, when its batch is put together. */
  take(): JobChange;
  settle(outcome: ChangeOutcome): void;
  fail(refusal: RefusalError): void;
}

/**
 * Hands changes to the store in order, all that gathered in one tick of the event loop, or while the store was busy, as
 * one batch. When the store cannot be reached, all that wait are told so: nothing overtakes what is kept for later.
 */
export class GroupCommit {
  private readonly logger = new Logger(GroupCommit.name);
  private queue: QueuedChange[] = [];
  private running: Promise<void> | null = null;
  private failing = false;

  /** @param learn hears the epoch of each batch before anybody hears what came of it */
  constructor(
    private readonly store: Pick<JobStore, 'apply'>,
    private readonly learn: (epoch: string) => void,
  ) {}

  add(change: QueuedChange): void {
    this.queue.push(change);
    this.running ??= this.run();
  }

  /** When nothing is on its way any more. */
  async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    do {
      await nextTick();
      await this.commit(this.queue.splice(0));
    } while (this.queue.length > 0);
    this.running = null;
  }

  private async commit(batch: readonly QueuedChange[]): Promise<void> {
    try {
      const outcomes = await this.store.apply(batch.map((queued) => queued.take()));
      this.failing = false;
      if (outcomes.length !== batch.length) throw new Error(`The store answered ${outcomes.length} of ${batch.length} changes.`);
      const epoch = outcomes.at(-1)?.epoch;
      if (epoch !== undefined) this.learn(epoch);
      outcomes.forEach((outcome, index) => batch[index]?.settle(outcome));
    } catch (error) {
      this.log(error);
      const refusal = error instanceof RefusalError ? error : new RefusalError('unavailable');
      [...batch, ...this.queue.splice(0)].forEach((queued) => queued.fail(refusal));
    }
  }

  /** Once an outage. */
  private log(error: unknown): void {
    if (!this.failing) this.logger.error('The job store cannot commit; reports are refused until it can.', causeOf(error));
    this.failing = true;
  }
}

function causeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return error.cause instanceof Error ? error.cause.stack : error.stack;
}
