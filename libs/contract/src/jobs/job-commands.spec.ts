import * as v from 'valibot';
import { complaintOf } from '../connection/complaint.fixture.js';
import { JobListQuerySchema, JobsSyncSchema, JobWatchSchema } from './job-commands.js';
import { MAX_SYNC_JOBS } from './sync-limit.js';

const jobs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`job-${index}`, index]));

describe('[S1] watching one job', () => {
  it('reads the id and drops the rest', () =>
    expect(v.parse(JobWatchSchema, { jobId: 'job-1', room: 'admin' })).toEqual({ jobId: 'job-1' }));

  it.each([undefined, null, 'job-1', 7, [], {}, { jobId: '' }, { jobId: '../a' }, { jobId: 'constructor' }, { jobId: ['job-1'] }])(
    'refuses %j',
    (watch) => expect(complaintOf(JobWatchSchema, watch)).toMatch(/^(payload|jobId): .+\.$/),
  );
});

describe('[S5] jobs:sync', () => {
  it.each([
    { epoch: null, jobs: {} },
    { epoch: 'e1', jobs: { 'job-1': 0, 'job-2': 7 }, user: null, all: null },
    { epoch: 'e1', jobs: {}, user: 'c'.repeat(512) },
    { epoch: 'e1', jobs: jobs(MAX_SYNC_JOBS) },
  ])('accepts %#', (sync) => expect(v.parse(JobsSyncSchema, sync)).toEqual(sync));

  it.each([
    [{}, 'epoch: This is missing. jobs: This is missing.'],
    [{ epoch: null }, 'jobs: This is missing.'],
    [{ epoch: 7, jobs: {} }, 'epoch: An epoch is a string, or null.'],
    [{ epoch: 'e'.repeat(129), jobs: {} }, 'epoch: An epoch is at most 128 characters.'],
    [{ epoch: null, jobs: [] }, 'jobs: Known jobs are an object of job ids and versions.'],
    [{ epoch: null, jobs: null }, 'jobs: Known jobs are an object of job ids and versions.'],
    [{ epoch: null, jobs: jobs(MAX_SYNC_JOBS + 1) }, 'jobs: At most 200 jobs are named in one sync.'],
    [{ epoch: null, jobs: { '../a': 1 } }, 'jobs: Every key is a job id.'],
    [{ epoch: null, jobs: { 'job-1': -1 } }, 'jobs: Every known version is a whole number from 0.'],
    [{ epoch: null, jobs: { 'job-1': 1.5 } }, 'jobs: Every known version is a whole number from 0.'],
    [{ epoch: null, jobs: { 'job-1': 2 ** 53 } }, 'jobs: Every known version is a whole number from 0.'],
    [{ epoch: null, jobs: { 'job-1': '1' } }, 'jobs: Every known version is a whole number from 0.'],
    [{ epoch: null, jobs: {}, user: 7 }, 'user: A cursor is a string.'],
    [{ epoch: null, jobs: {}, all: 'c'.repeat(513) }, 'all: A cursor is at most 512 characters.'],
  ])('refuses %#', (sync, sentence) => expect(complaintOf(JobsSyncSchema, sync)).toBe(sentence));

  it.each(Object.getOwnPropertyNames(Object.prototype))('refuses %s as a job, as it comes off the wire', (name) => {
    expect(complaintOf(JobsSyncSchema, JSON.parse(`{"epoch":null,"jobs":{"${name}":1}}`))).toBe('jobs: Every key is a job id.');
  });
});

describe('the query of a list', () => {
  it('has defaults', () => expect(v.parse(JobListQuerySchema, {})).toEqual({ scope: 'user', limit: 50 }));

  it('reads what a query string says, one value or several', () => {
    expect(v.parse(JobListQuerySchema, { status: 'failed', limit: '200', text: ' report ' })).toEqual({
      scope: 'user',
      status: ['failed'],
      limit: 200,
      text: 'report',
    });
    expect(
      v.parse(JobListQuerySchema, { status: ['failed', 'queued'], scope: 'all', limit: 1, type: 'pdf-notes', tag: 'a', page: 'p' }),
    ).toEqual({
      scope: 'all',
      status: ['failed', 'queued'],
      limit: 1,
      type: 'pdf-notes',
      tag: 'a',
      page: 'p',
    });
  });

  const wrongLimit = 'limit: A limit is a whole number from 1 to 200.';
  const wrongStatus = 'status: A status is one of: queued, processing, completed, failed, cancelled.';
  it.each([
    [{ status: 'done' }, wrongStatus],
    [{ status: ['failed', 'done'] }, wrongStatus],
    [{ limit: 0 }, wrongLimit],
    [{ limit: 201 }, wrongLimit],
    [{ limit: '201' }, wrongLimit],
    [{ limit: 1.5 }, wrongLimit],
    [{ limit: '0x10' }, wrongLimit],
    [{ limit: '' }, wrongLimit],
    [{ limit: [5] }, wrongLimit],
    [{ scope: 'everyone' }, 'scope: A scope is "user" or "all".'],
    [{ type: ['a', 'b'] }, 'type: A job type is a string.'],
    [{ tag: '' }, 'tag: A tag is not empty.'],
    [{ text: 'x'.repeat(101) }, 'text: Search for at most 100 characters.'],
    [{ page: 'x'.repeat(513) }, 'page: A page is what nextPage said.'],
  ])('refuses %j', (query, sentence) => expect(complaintOf(JobListQuerySchema, query)).toBe(sentence));
});
