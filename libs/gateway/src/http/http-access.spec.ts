import type { Job, RefusalCode } from '@harmonia/contract';
import { JOB_STORE, type JobStore } from '@harmonia/job-engine';
import { JobsApp, refusal, type Role } from './jobs-app.fixture.js';

describe('the doors of HTTP', () => {
  let app: JobsApp;
  beforeEach(async () => {
    app = await JobsApp.start();
  });
  afterEach(() => app.stop());

  const create = async (json: object): Promise<Job> =>
    (await app.call('POST', '/api/jobs', { json: { jobType: 'simulate', ...json } })).body;

  describe('who may do what', () => {
    const roles = ['ann', 'ben', 'admin', null, 'expired', 'reporter'] as const;
    const report = { attempt: 1, sequence: 1, progress: 10 };

    /** Routes, how their job is made ready, and the status for each of the roles. */
    const routes: [string, string, 'queued' | 'completed' | 'failed', number[]][] = [
      ['POST', '', 'queued', [201, 201, 201, 401, 401, 201]],
      ['GET', '', 'queued', [200, 200, 200, 401, 401, 200]],
      ['GET', '?scope=all', 'queued', [403, 403, 200, 401, 401, 403]],
      ['POST', '/sync', 'queued', [200, 200, 200, 401, 401, 200]],
      ['POST', '/sync?all', 'queued', [403, 403, 200, 401, 401, 403]],
      ['GET', '/:id', 'queued', [200, 404, 200, 401, 401, 404]],
      ['GET', '/:id/history', 'queued', [200, 404, 200, 401, 401, 404]],
      ['GET', '/:id/result', 'completed', [200, 404, 200, 401, 401, 404]],
      ['POST', '/:id/result/ticket', 'completed', [201, 404, 201, 401, 401, 404]],
      ['POST', '/:id/cancel', 'queued', [200, 404, 200, 401, 401, 404]],
      ['POST', '/:id/retry', 'failed', [200, 404, 200, 401, 401, 404]],
      ['DELETE', '/:id', 'completed', [204, 404, 204, 401, 401, 404]],
      ['POST', '/:id/reports', 'queued', [403, 403, 403, 401, 401, 200]],
    ];
    const ready = async (status: string) => {
      const job = await create({ jobType: 'external' });
      if (status === 'completed') await app.publisher.completed(job.id, { n: 1 });
      if (status === 'failed') await app.publisher.failed(job.id, 'It broke.');
      return job.id;
    };
    const payloads: Partial<Record<string, object>> = {
      'POST ': { jobType: 'simulate' },
      'POST /sync': { epoch: null, jobs: {} },
      'POST /sync?all': { epoch: null, jobs: {}, all: null },
      'POST /:id/reports': report,
    };
    const payload = (method: string, path: string) => {
      const json = payloads[`${method} ${path}`];
      return json ? { json } : {};
    };

    it.each(routes)('%s /api/jobs%s answers each role as it should', async (method, path, status, expected) => {
      const statuses = [];
      for (const as of roles) {
        const id = await ready(status);
        statuses.push((await app.call(method, `/api/jobs${path.replace(':id', id)}`, { ...payload(method, path), as })).status);
      }
      expect(statuses).toEqual(expected);
    });

    it.each(routes.filter(([, path]) => path.startsWith('/:id')))(
      '[S4] %s /api/jobs%s answers a stranger byte for byte as if there were no such job',
      async (method, path, status) => {
        const as = path.endsWith('reports') ? 'reporter' : 'ben';
        const id = path.endsWith('reports') ? (await create({})).id : await ready(status);
        const [forbidden, missing] = [id, 'there-is-no-such-job'].map((name) => `/api/jobs${path.replace(':id', name)}`);
        const answers = [
          await app.call(method, forbidden ?? '', { ...payload(method, path), as }),
          await app.call(method, missing ?? '', { ...payload(method, path), as }),
        ];
        const [one, other] = answers.map(({ status: code, headers, text }) => [
          code,
          [...headers].filter(([name]) => name !== 'date'),
          text,
        ]);
        expect(one).toEqual(other);
        expect(answers[0]?.status).toBe(404);
      },
    );

    it.each<[Role | null, RefusalCode]>([
      [null, 'token-missing'],
      ['garbage', 'token-invalid'],
      ['expired', 'token-expired'],
      ['endless', 'token-invalid'],
      ['nobodys', 'token-invalid'],
      ['foreign', 'token-invalid'],
      ['otherAlgorithm', 'token-invalid'],
      ['unsigned', 'token-invalid'],
    ])('refuses the token of %s with %s', async (as, code) => {
      const answer = await app.call('POST', '/api/jobs', { as, json: { jobType: 'simulate' } });
      expect(refusal(answer)).toBe(code);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      expect((await app.call('GET', '/api/jobs?scope=all', { as: 'admin' })).body.jobs).toEqual([]);
    });

    it('[S7] asks anew at every request', async () => {
      const { id } = await create({});
      await app.publisher.edited(id, { userId: 'ben' });
      expect((await app.call('GET', `/api/jobs/${id}`)).status).toBe(404);
      expect((await app.call('GET', `/api/jobs/${id}`, { as: 'ben' })).status).toBe(200);
    });
  });

  it('[R7] says the epoch of the store with every answer, good or bad', async () => {
    const { epoch } = await app.app.get<JobStore>(JOB_STORE).read([]);
    const answers = [
      await app.call('POST', '/api/jobs', { json: { jobType: 'simulate', id: 'e' } }),
      await app.call('GET', '/api/jobs'),
      await app.call('POST', '/api/jobs/e/cancel'),
      await app.call('DELETE', '/api/jobs/e'),
      await app.call('GET', '/api/jobs/e'),
      await app.call('GET', '/api/jobs', { as: 'expired' }),
      await app.call('GET', '/api/jobs?scope=all'),
      await app.call('POST', '/api/jobs', { json: {} }),
      await app.call('POST', '/api/jobs', { raw: { type: 'application/json', body: '{' } }),
      await app.call('POST', '/api/jobs', { json: 'a'.repeat(1024 * 1024) }),
      await app.call('PUT', '/api/jobs'),
      await app.call('GET', '/api/jobs/e/nothing/here'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 204, 404, 401, 403, 400, 400, 413, 404, 404]);
    expect(answers.map(({ headers }) => headers.get('harmonia-epoch'))).toEqual(answers.map(() => epoch));
    expect(answers.every(({ headers }) => headers.get('access-control-expose-headers')?.includes('Harmonia-Epoch'))).toBe(true);
    expect(answers.every(({ headers }) => headers.get('cache-control') === 'no-store')).toBe(true);
  });

  it('[R7] says no epoch that began after the answer was read: a client would keep for good what is no more', async () => {
    const store = app.app.get<JobStore>(JOB_STORE);
    const { epoch } = await store.read([]);
    const { list, read } = store;
    let latest = epoch;
    // it goes back to an earlier past as soon as the list was read
    store.list = async (filter) => {
      const listing = await list.call(store, filter);
      latest = 'later';
      return listing;
    };
    store.read = async (ids) => ({ ...(await read.call(store, ids)), epoch: latest });
    expect((await app.call('GET', '/api/jobs')).headers.get('harmonia-epoch')).toBe(epoch);
    expect((await app.call('GET', '/api/jobs')).headers.get('harmonia-epoch')).toBe('later');
  });
});
