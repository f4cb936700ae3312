import type { JobEventBatch } from './job-event.js';

interface Follower<Batch> {
  readonly listener: (batch: Batch) => void;
}

interface Delivery<Batch> {
  readonly follower: Follower<Batch>;
  readonly batch: Batch;
}

/**
 * Hands committed events to the followers of a store in this process. Who follows at the moment of the commit gets the
 * batch; everything goes through one queue, so that a listener which itself changes jobs or follows disturbs no order.
 */
export class JobFollowers<Batch = JobEventBatch> {
  readonly #followers = new Set<Follower<Batch>>();
  readonly #deliveries: Delivery<Batch>[] = [];
  #delivering = false;

  /** @param backlog what the listener hears first. */
  add(listener: Follower<Batch>['listener'], backlog: readonly Batch[]): () => void {
    const follower = { listener };
    this.#followers.add(follower);
    this.#deliver(backlog.map((batch) => ({ follower, batch })));
    return () => void this.#followers.delete(follower);
  }

  publish(batch: Batch): void {
    this.#deliver([...this.#followers].map((follower) => ({ follower, batch })));
  }

  #deliver(deliveries: readonly Delivery<Batch>[]): void {
    this.#deliveries.push(...deliveries);
    if (this.#delivering) return;
    this.#delivering = true;
    for (let next = this.#deliveries.shift(); next; next = this.#deliveries.shift()) {
      if (this.#followers.has(next.follower)) hand(next);
    }
    this.#delivering = false;
  }
}

/**
 * The change is committed, whatever a listener makes of it: a throw must not turn into a refusal of the change, nor end
 * the process (what that listener missed is healed by the next sync [S5]). Node's warnings are seen without a logger.
 */
function hand<Batch>({ follower, batch }: Delivery<Batch>): void {
  try {
    follower.listener(batch);
  } catch (error) {
    const detail = error instanceof Error ? error.stack : undefined;
    process.emitWarning('A follower of the job store threw; it may have missed events.', { code: 'HARMONIA_FOLLOWER', detail });
  }
}
