import type { JobEventBatch } from './job-event.js';
import type { JobStore } from './job-store.js';

/**
 * A store that answers late: every call reaches `store`, every answer its caller, and every batch its follower after a
 * while that the seed decides, so that nobody can count on a store that does all at once. Calls keep their order, and so
 * do the batches of one follower; what is answered and what is told overtake each other, as they may over a network.
 */
export function delayedJobStore(store: JobStore, seed: number): JobStore {
  const random = randomOf(seed);
  const asked = lane(random);
  const answered = <Answer>(ask: () => Promise<Answer>): Promise<Answer> =>
    asked(() => settled(ask())).then(async (answer) => {
      await pause(random);
      return answer();
    });
  return {
    apply: (changes) => answered(() => store.apply(changes)),
    read: (ids) => answered(() => store.read(ids)),
    list: (filter) => answered(() => store.list(filter)),
    history: (id) => answered(() => store.history(id)),
    since: (position, scope, limit) => answered(() => store.since(position, scope, limit)),
    overdue: (bounds) => answered(() => store.overdue(bounds)),
    close: () => answered(() => store.close()),
    follow: (position, listener) =>
      answered(async () => {
        const late = lateListener(listener, lane(random));
        const unfollow = await store.follow(position, late.listener);
        return () => {
          late.stop();
          return answered(unfollow);
        };
      }),
  };
}

function lateListener(listener: (batch: JobEventBatch) => void, told: ReturnType<typeof lane>) {
  let following = true;
  return {
    listener: (batch: JobEventBatch) => void told(() => Promise.resolve(following && listener(batch))).catch(() => undefined),
    stop: () => {
      following = false;
    },
  };
}

/** Runs what it is given one after the other, each after a pause. */
function lane(random: () => number) {
  let last: Promise<unknown> = Promise.resolve();
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = last.then(() => pause(random)).then(work);
    last = result.catch(() => undefined);
    return result;
  };
}

/** How a promise ended, without being a rejection that nobody hears while it waits. */
function settled<Answer>(answer: Promise<Answer>): Promise<() => Answer> {
  return answer.then(
    (value) => () => value,
    (error: unknown) => () => {
      throw error;
    },
  );
}

/** Nothing, some turns of the event loop, or a millisecond or two. */
async function pause(random: () => number): Promise<void> {
  const kind = random();
  if (kind < 0.2) await new Promise((resolve) => setTimeout(resolve, Math.floor(random() * 3)));
  else if (kind < 0.8) for (let turn = random() * 4; turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
}

/** Mulberry32: numbers from 0 to 1 that a seed repeats. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
