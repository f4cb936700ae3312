import type { Job } from '@harmonia/contract';
import { ToldJobs } from './told-jobs.js';

const job: Job = {
  id: 'a',
  userId: 'ann',
  jobType: 'simulate',
  title: null,
  tags: [],
  input: null,
  result: null,
  status: 'processing',
  progress: null,
  attempt: 1,
  version: 7,
  bodyVersion: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};

describe('ToldJobs', () => {
  it('[C2] knows no version in an epoch in which it told none: a removal told with it would hide the job that comes anew', () => {
    const told = new ToldJobs();
    told.note({ kind: 'progress', job }, 'epoch-1');
    expect(told.versionIn('epoch-1', 'a')).toBe(7);
    expect(told.versionIn('epoch-2', 'a')).toBeUndefined();
    expect(told.versionIn('epoch-1', 'b')).toBeUndefined();
  });

  it('remembers the 10,000 jobs told of last at least, 20,000 at most, and says since when it forgot none', () => {
    const start = Date.now();
    const told = new ToldJobs();
    const tell = (number: number) => told.note({ kind: 'progress', job: { ...job, id: `job-${number}` } }, 'epoch-1');
    for (let number = 0; number < 19_999; number++) tell(number);
    expect(told.versionOf('job-0')).toBe(7);
    expect(told.remembersSince(start)).toBe(true);
    for (let number = 19_999; number < 30_000; number++) tell(number);
    expect([told.versionOf('job-9999'), told.versionOf('job-20000')]).toEqual([undefined, 7]);
    expect(told.remembersSince(start)).toBe(false);
    expect(told.remembersSince(Date.now() + 1)).toBe(true);
    expect(told.copy().thereByOwner().get('ann')).toHaveLength(10_000);
  });
});
