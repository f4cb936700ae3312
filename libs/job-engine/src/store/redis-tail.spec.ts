import { setImmediate } from 'node:timers/promises';
import { RedisProblem } from './redis-problem.js';
import { RedisTail, type TailBatch } from './redis-tail.js';

/** A partition whose server may change, and may be away when it is asked. */
class Partition {
  epoch = 'epoch-1';
  isAway = false;
  /** Called with how often it was asked in vain. */
  onRefusal: (refusals: number) => void = () => undefined;
  private refusals = 0;
  readonly keys = { meta: 'meta', events: 'events' };

  ask(): Promise<unknown[]> {
    if (!this.isAway) return Promise.resolve([7]);
    this.onRefusal(++this.refusals);
    return Promise.reject(new RedisProblem('redis-away'));
  }
}

/** A connection of its own, on which nothing ever comes. */
class Connection {
  isClosed = false;

  ready(): Promise<void> {
    return Promise.resolve();
  }

  entriesAfter(): Promise<null> {
    return new Promise((resolve) => setTimeout(resolve, 5, null));
  }
}

describe('RedisTail', () => {
  it('[F2] tells that something was missed also when Redis went away once more right after the new epoch was learnt', async () => {
    const [partition, connection] = [new Partition(), new Connection()];
    const told: TailBatch[] = [];
    const tail = new RedisTail(0, partition as never, connection as never, (batch) => told.push(batch));
    await tail.start();
    partition.isAway = true;
    partition.epoch = 'epoch-2';
    // once where it looks whether there is anything new, and once where it goes on in the new epoch
    await new Promise<void>((resolve) => (partition.onRefusal = (refusals) => refusals === 2 && resolve()));
    partition.isAway = false;
    while (told.length === 0) await setImmediate();
    expect(told[0]).toMatchObject({ epoch: 'epoch-2', position: 7, missed: true });
    connection.isClosed = true;
  });
});
