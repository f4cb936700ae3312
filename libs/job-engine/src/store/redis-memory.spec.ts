import type { JobRecord } from './job-change.js';
import { decide } from './job-decision.js';
import { RedisMemory } from './redis-memory.js';

function created(input: string): JobRecord {
  const job = { id: 'a', userId: 'ann', jobType: 'simulate', title: null, tags: [], input };
  const decision = decide({ record: undefined, tombstone: undefined }, { kind: 'created', job }, 1);
  if (decision.result !== 'accepted' || !decision.record) throw new Error('A job that is not there can be created.');
  return decision.record;
}

describe('what a node remembers of Redis', () => {
  let memory: RedisMemory;
  beforeEach(() => {
    memory = new RedisMemory();
    memory.advance('a', '', { record: created('late'), revision: '=late' });
  });
  const inputOf = () => memory.get('a')?.record?.job.input;

  it('goes on from what was sent before', () => {
    memory.advance('a', '=late', { record: { ...created('late'), sequence: 1 }, revision: '=next' });
    expect(memory.get('a')).toMatchObject({ revision: '=next', record: { sequence: 1, job: { input: 'late' } } });
  });

  it('[R12] takes over no body of a create that was not made, since another node was first', () => {
    memory.advance('a', '=first', { record: { ...created('first'), sequence: 1 }, revision: '=next' });
    expect(inputOf()).toBe('first');
  });

  it('[R12] nor where Redis says who was first', () => {
    memory.learn('a', { record: created('first'), revision: '=first', tombstone: undefined });
    expect(inputOf()).toBe('first');
  });

  it('forgets what was sent and not made, but nothing that was sent after it', () => {
    memory.forget('a', '=another');
    expect(inputOf()).toBe('late');
    memory.forget('a', '=late');
    expect(memory.get('a')).toBeUndefined();
  });
});
