import { JobsPollSchema } from '@harmonia/contract';
import * as v from 'valibot';
import { JobsApp, refusal, type Role } from './jobs-app.fixture.js';

describe('POST /api/jobs/sync', () => {
  let app: JobsApp;
  beforeEach(async () => {
    app = await JobsApp.start();
  });
  afterEach(() => app.stop());

  const create = async (as: Role = 'ann'): Promise<string> =>
    (await app.call('POST', '/api/jobs', { as, json: { jobType: 'simulate' } })).body.id;
  const call = (json: object, as: Role = 'ann') => app.call('POST', '/api/jobs/sync', { as, json: { epoch: null, jobs: {}, ...json } });
  const sync = async (json: object, as: Role = 'ann') => {
    const { status, body } = await call(json, as);
    expect(status).toBe(200);
    return v.parse(JobsPollSchema, body);
  };

  it('[S5] answers the jobs that differ and whose session it is, without a socket being served', async () => {
    const [known, stale] = [await create(), await create()];
    const { epoch } = await sync({});
    await app.publisher.started(stale);
    const answer = await sync({ epoch, jobs: { [known]: 1, [stale]: 1 } });
    expect(answer).toMatchObject({ epoch, jobs: [{ id: stale, version: 2, status: 'processing' }], removed: [], userId: 'ann' });
    expect(Object.keys(answer)).not.toContain('user');
  });

  it('[S5] hands out a snapshot and then, by its cursor, what changed since', async () => {
    const id = await create();
    const { epoch, user } = await sync({ user: null });
    expect(user).toMatchObject({ reset: true, more: false, jobs: [{ id }] });
    await app.publisher.completed(id);
    expect((await sync({ epoch, user: user?.cursor })).user).toMatchObject({ reset: false, jobs: [{ id, status: 'completed' }] });
    await app.publisher.removed(id);
    expect((await sync({ epoch, user: user?.cursor })).user).toMatchObject({ jobs: [], removed: [{ id }] });
  });

  it('[R7] answers everything anew for another epoch', async () => {
    const id = await create();
    const { user } = await sync({ user: null });
    expect(await sync({ epoch: 'another', jobs: { [id]: 1 }, user: user?.cursor })).toMatchObject({
      jobs: [{ id }],
      user: { reset: true },
    });
  });

  it('[S4] says the same of jobs that are gone and of those that are not yours', async () => {
    const foreign = await create('ben');
    const { removed, jobs } = await sync({ jobs: { [foreign]: 3, absent: 3 } });
    expect({ removed, jobs }).toEqual({
      removed: [
        { id: foreign, version: 3 },
        { id: 'absent', version: 3 },
      ],
      jobs: [],
    });
  });

  it('[S1] hands everybody’s jobs to admins, and refuses them to others with the whole of it', async () => {
    const id = await create();
    expect((await sync({ all: null }, 'admin')).all?.jobs).toMatchObject([{ id }]);
    expect(refusal(await call({ jobs: { [id]: 0 }, user: null, all: null }))).toBe('forbidden');
  });

  it.each([
    ['no object of jobs', { jobs: [] }],
    ['an id that is none', { jobs: { constructor: 0 } }],
    ['a version that is none', { jobs: { 'job-1': -1 } }],
    ['too many jobs', { jobs: Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`job-${index}`, 0])) }],
    ['a cursor that is none', { user: 7 }],
    ['an epoch that is none', { epoch: {} }],
  ])('refuses %s', async (_, json) => {
    expect(refusal(await call(json))).toBe('payload-invalid');
  });
});
