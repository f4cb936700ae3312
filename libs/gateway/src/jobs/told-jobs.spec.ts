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
});
