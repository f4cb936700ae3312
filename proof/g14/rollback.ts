import { RedisServer } from '../../test-processes/redis-server.ts';
import type { Stage } from './stage.ts';

/** A way in which the store's past is rewritten: `live` goes on with what is to be lost. */
export type Rollback = (stage: Stage, live: () => Promise<void>) => Promise<void>;

async function replacedByOlderCopy(stage: Stage, live: () => Promise<void>): Promise<void> {
  const past = await stage.redis.remember();
  await live();
  const other = await RedisServer.start({ appendOnly: true });
  await other.rollBack(past);
  await stage.replaceBy(other);
}

/** Each kind; it resolves when Redis answers again. */
export const ROLLBACKS: Readonly<Record<string, Rollback>> = {
  'restarted from an older disk': async ({ redis }, live) => {
    const past = await redis.remember();
    await live();
    await redis.rollBack(past);
  },
  flushed: async ({ redis }, live) => {
    await live();
    redis.command('FLUSHALL');
  },
  'replaced by an older copy': replacedByOlderCopy,
  'replaced by an empty server': async (stage, live) => {
    await live();
    await stage.replaceBy(await RedisServer.start({ appendOnly: true }));
  },
};
