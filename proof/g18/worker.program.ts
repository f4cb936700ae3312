import { RedisJobStore, type JobChange } from '@harmonia/job-engine';
import { answerCalls } from '../../test-processes/calls.ts';

/** Jobs to be made, ended and deleted, by a worker on the store. */
export interface WorkOrder {
  readonly redisUrl: string;
  readonly userId: string;
  readonly count: number;
}

const AT_ONCE = 250;

let store: RedisJobStore | null = null;

answerCalls({ work });

async function work({ redisUrl, userId, count }: WorkOrder): Promise<number> {
  store ??= RedisJobStore.open({ url: redisUrl });
  for (let made = 0; made < count; made += AT_ONCE) {
    const ids = Array.from({ length: Math.min(AT_ONCE, count - made) }, (_, index) => `${userId}.${made + index}`);
    await store.apply(ids.flatMap((id) => wholeLife(id, userId)));
  }
  return count;
}

const wholeLife = (id: string, userId: string): readonly JobChange[] => [
  { kind: 'created', job: { id, userId, jobType: 'external', title: `Job ${id}`, tags: [], input: null } },
  { kind: 'reported', id, status: 'completed', result: { of: id } },
  { kind: 'removed', id },
];
