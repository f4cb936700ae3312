import { Logger } from '@nestjs/common';
import { EventEmitter, once } from 'node:events';
import { setImmediate as nextTick } from 'node:timers/promises';
import type { JobEventBatch } from './job-event.js';
import type { JobStore } from './job-store.js';
import { StoreFollower } from './store-follower.js';

/** A store whose followers are told by hand, and which can be away. */
class ToldStore implements Pick<JobStore, 'follow'> {
  away = false;
  private readonly listeners = new Set<(batch: JobEventBatch) => void>();

  follow(_: string | null, listener: (batch: JobEventBatch) => void) {
    if (this.away) return Promise.reject(new Error('away'));
    this.listeners.add(listener);
    return Promise.resolve(() => Promise.resolve(void this.listeners.delete(listener)));
  }

  tell(batch: Partial<JobEventBatch> = {}): void {
    this.listeners.forEach((listener) => listener({ epoch: 'e', position: '1', events: [], ...batch }));
  }
}

describe('following a store for good [F2]', () => {
  let store: ToldStore;
  let heard: number;
  let readings: number;
  let broken: boolean;
  let follower: StoreFollower;
  const done = new EventEmitter();
  const warnings = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);

  beforeEach(() => {
    warnings.mockClear();
    store = new ToldStore();
    [heard, readings, broken] = [0, 0, false];
    const readAnew = async () => {
      readings += 1;
      await nextTick();
      if (broken) {
        broken = false;
        throw new Error('broken');
      }
      done.emit('read');
    };
    follower = new StoreFollower('The spec', store, { hear: () => (heard += 1), readAnew });
  });
  afterEach(() => follower.stop());
  afterAll(() => warnings.mockRestore());

  it('reads all at the beginning, and again when something was missed', async () => {
    await follower.start();
    expect([heard, readings]).toEqual([0, 1]);
    store.tell();
    const again = once(done, 'read');
    store.tell({ missed: true });
    await again;
    expect([heard, readings]).toEqual([2, 2]);
  });

  it('reads once more when something is missed while it reads', async () => {
    await follower.start();
    const first = once(done, 'read');
    store.tell({ missed: true });
    while (readings < 2) await nextTick();
    const second = first.then(() => once(done, 'read'));
    store.tell({ missed: true });
    store.tell({ missed: true });
    await second;
    expect(readings).toBe(3);
  });

  it('begins by itself when the store is away, and goes on after a reading that failed', async () => {
    store.away = true;
    await follower.start();
    expect([heard, readings]).toEqual([0, 0]);
    [store.away, broken] = [false, true];
    const begun = once(done, 'read');
    await begun;
    expect(readings).toBe(2);
    expect(warnings).toHaveBeenCalledTimes(1);
    store.tell();
    expect(heard).toBe(1);
  });

  it('hears nothing any more once it is stopped, also before it could begin', async () => {
    store.away = true;
    await follower.start();
    await follower.stop();
    store.away = false;
    store.tell({ missed: true });
    expect([heard, readings]).toEqual([0, 0]);
    follower = new StoreFollower('The spec', store, { hear: () => (heard += 1), readAnew: () => Promise.resolve() });
    await follower.start();
    await follower.stop();
    store.tell({ missed: true });
    expect(heard).toBe(0);
  });
});
