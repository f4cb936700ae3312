import { Logger } from '@nestjs/common';
import { followProbe } from '../store/store-probe.suite.js';
import { JobAccessPolicy, OwnerOrAdminPolicy, type JobOperation } from './job-access-policy.js';
import { JobAccess } from './job-access.js';
import type { JobSession } from './job-session.js';
import { OutageJobStore } from './outage-job-store.suite.js';

const session = (userId: string, roles: string[] = [], scopes: string[] = []): JobSession => ({ userId, roles, scopes, expiresAt: null });
const newJob = (id: string, userId: string, jobType = 'simulate') => ({ id, userId, jobType, title: null, tags: [], input: null });
const ann = session('ann');

let store: OutageJobStore;
let access: JobAccess;

beforeEach(async () => {
  store = new OutageJobStore();
  access = new JobAccess(store, new OwnerOrAdminPolicy());
  const jobs = [newJob('a', 'ann'), newJob('b', 'bob'), newJob('e', 'ann', 'external')];
  await store.apply(jobs.map((job) => ({ kind: 'created', job })));
});

afterEach(() => store.close());

describe('OwnerOrAdminPolicy', () => {
  const everything: JobOperation[] = ['read', 'cancel', 'retry', 'remove', 'report'];
  const asked = [
    { who: 'the owner', by: ann, id: 'a', may: ['read', 'cancel', 'retry', 'remove'] },
    { who: 'another user', by: session('bob'), id: 'a', may: [] },
    { who: 'an admin', by: session('root', ['admin']), id: 'a', may: ['read', 'cancel', 'retry', 'remove'] },
    { who: 'a reporter of an external job', by: session('worker', [], ['jobs:report']), id: 'e', may: ['report'] },
    { who: 'a reporter of a job that runs here', by: session('worker', [], ['jobs:report']), id: 'a', may: [] },
    { who: 'an owner who reports an external job', by: session('ann', [], ['jobs:report']), id: 'e', may: everything },
    { who: 'an admin without the scope', by: session('root', ['admin']), id: 'e', may: ['read', 'cancel', 'retry', 'remove'] },
  ];

  it.each(asked)('lets $who do $may', async ({ by, id, may }) => {
    const answers = await Promise.all(
      everything.map((operation) =>
        access.read(by, id, operation).then(
          () => [operation],
          () => [],
        ),
      ),
    );
    expect(answers.flat()).toEqual(may);
  });
});

describe('JobAccess', () => {
  it('answers the job that a session may read', async () => {
    expect(await access.read(ann, 'a')).toMatchObject({ id: 'a', status: 'queued' });
  });

  it('[S4] refuses a missing job and a forbidden one with the very same words', async () => {
    const refusals = await Promise.all(['b', 'nowhere'].map((id) => access.read(ann, id, 'cancel').catch((error: unknown) => error)));
    const [forbidden, missing] = refusals.map((error) => JSON.stringify(error));
    expect(refusals[0]).toMatchObject({ code: 'job-not-found' });
    expect(forbidden).toBe(missing);
  });

  it('[S4] takes as long to refuse a missing job as a forbidden one, however long the policy takes', async () => {
    class Slow extends JobAccessPolicy {
      override allows(): Promise<boolean> {
        return new Promise((resolve) => setTimeout(() => resolve(false), 30));
      }
    }
    const slow = new JobAccess(store, new Slow());
    const refusedAfter = async (id: string) => {
      const startedAt = performance.now();
      await expect(slow.read(ann, id)).rejects.toMatchObject({ code: 'job-not-found' });
      return performance.now() - startedAt;
    };
    await refusedAfter('b');
    expect(await refusedAfter('nowhere')).toBeGreaterThan(29);
    const startedAt = performance.now();
    await slow.readAll(ann, ['nowhere']);
    expect(performance.now() - startedAt).toBeGreaterThan(29);
  });

  it('[S4] puts off refusals alone', async () => {
    const timer = jest.spyOn(globalThis, 'setTimeout');
    await access.read(ann, 'a');
    await access.readAll(ann, ['a', 'e']);
    expect(timer).not.toHaveBeenCalled();
    timer.mockRestore();
  });

  it('[R12] tells a door that may create the job that there is none, and refuses one that is forbidden', async () => {
    const worker = session('worker', [], ['jobs:report']);
    expect(await access.find(worker, 'nowhere', 'report')).toBeNull();
    expect(await access.find(worker, 'e', 'report')).toMatchObject({ id: 'e' });
    await expect(access.find(worker, 'a', 'report')).rejects.toMatchObject({ code: 'job-not-found' });
  });

  it('[S4, S5] answers of many jobs those that are there and permitted, as of one moment', async () => {
    const { jobs, epoch, position } = await access.readAll(ann, ['b', 'e', 'nowhere', 'a']);
    expect([...jobs.keys()].sort()).toEqual(['a', 'e']);
    expect(await store.read([])).toMatchObject({ epoch, position });
  });

  it('filters a list and keeps its order', async () => {
    const { jobs } = await store.list({ scope: 'all', limit: 10 });
    const permitted = await access.permitted(ann, jobs);
    expect(permitted).toEqual(jobs.filter((job) => job.userId === 'ann'));
    expect(permitted).toHaveLength(2);
  });

  it('[S7] announces lost permissions in the log of the store', async () => {
    const probe = await followProbe(store);
    await access.revoke('ann', 'a');
    await access.revoke('bob');
    expect(await probe.settled()).toEqual([
      { kind: 'revoked', userId: 'ann', jobId: 'a' },
      { kind: 'revoked', userId: 'bob' },
    ]);
  });

  it.each([
    ['an answer that is not true', () => 'yes' as unknown as boolean, 'job-not-found'],
    ['no answer', () => undefined as unknown as boolean, 'job-not-found'],
    ['a promise of no', () => Promise.resolve(false), 'job-not-found'],
    [
      'a throw',
      () => {
        throw new Error('secret');
      },
      'internal-error',
    ],
    ['a rejection', () => Promise.reject(new Error('secret')), 'internal-error'],
    ['a rejection with no error', () => Promise.reject('secret'), 'internal-error'],
  ])('takes %s of a policy for a no', async (_, answer: () => boolean | Promise<boolean>, code) => {
    Logger.overrideLogger(false);
    class Policy extends JobAccessPolicy {
      override allows() {
        return answer();
      }
    }
    const strict = new JobAccess(store, new Policy());
    const refusal: unknown = await strict.read(ann, 'a').catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code });
    expect(String(refusal)).not.toContain('secret');
    await expect(strict.permitted(ann, [])).resolves.toEqual([]);
  });

  it('hands on that the store cannot be reached', async () => {
    store.fail();
    await expect(access.read(ann, 'a')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(access.revoke('ann')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
