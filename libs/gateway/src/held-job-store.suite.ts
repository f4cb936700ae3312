import type { JobEventBatch, JobStore } from '@harmonia/job-engine';

/** An answer that is held on its way. */
export interface HeldAnswer {
  /** When it has left the store. */
  readonly taken: Promise<void>;
  /** Lets it arrive. */
  release(): void;
}

interface Hold {
  readonly taken: () => void;
  readonly released: Promise<void>;
}

/** A store whose readings can be held on their way, so that a spec decides what happens while a watch is pending [S3]. */
export class HeldJobStore implements JobStore {
  private readonly holds: Hold[] = [];
  private readonly leaving: Hold[] = [];
  private readonly followers: ((batch: JobEventBatch) => void)[] = [];

  private told = Promise.resolve();

  /** @param pause how long every reading is on its way there and back, and every batch on its way to a follower. */
  constructor(
    private readonly store: JobStore,
    private readonly pause: (() => Promise<void>) | null = null,
  ) {}

  /** Holds the next reading that no other hold has. */
  hold(): HeldAnswer {
    return holdIn(this.holds);
  }

  /** Holds the next follower that leaves. */
  holdUnfollow(): HeldAnswer {
    return holdIn(this.leaving);
  }

  /** Tells followers what the store itself never would. */
  tell(batch: JobEventBatch): void {
    this.followers.forEach((listener) => listener(batch));
  }

  read: JobStore['read'] = (ids) => this.onTheWay(() => this.store.read(ids));
  since: JobStore['since'] = (position, scope, limit) => this.onTheWay(() => this.store.since(position, scope, limit));
  apply: JobStore['apply'] = (changes) => this.store.apply(changes);
  list: JobStore['list'] = (filter) => this.store.list(filter);
  history: JobStore['history'] = (id) => this.store.history(id);
  follow: JobStore['follow'] = async (position, listener) => {
    this.followers.push(listener);
    const slowly = (batch: JobEventBatch) => {
      this.told = this.told.then(() => this.pause?.()).then(() => listener(batch));
    };
    const unfollow = await this.store.follow(position, this.pause ? slowly : listener);
    return async () => {
      const hold = this.leaving.shift();
      hold?.taken();
      await hold?.released;
      await unfollow();
    };
  };
  overdue: JobStore['overdue'] = (bounds) => this.store.overdue(bounds);
  close: JobStore['close'] = () => this.store.close();

  /** When followers have heard all that was committed before. */
  async idle(): Promise<void> {
    await this.told;
  }

  private async onTheWay<Reading>(read: () => Promise<Reading>): Promise<Reading> {
    const hold = this.holds.shift();
    await this.pause?.();
    const answer = await read();
    await this.pause?.();
    hold?.taken();
    await hold?.released;
    return answer;
  }
}

function holdIn(holds: Hold[]): HeldAnswer {
  const [taken, released] = [deferred<void>(), deferred<void>()];
  holds.push({ taken: taken.resolve, released: released.promise });
  return { taken: taken.promise, release: released.resolve };
}

/** A promise and the function that fulfils it. */
export function deferred<Value>(): { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((fulfil) => (resolve = fulfil));
  return { promise, resolve };
}
