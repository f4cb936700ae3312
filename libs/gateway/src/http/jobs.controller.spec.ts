import type { Job, RefusalCode } from '@harmonia/contract';
import { JobsApp, refusal, type Call, type Role } from './jobs-app.fixture.js';

describe('jobs over HTTP', () => {
  let app: JobsApp;
  beforeEach(async () => {
    app = await JobsApp.start();
  });
  afterEach(() => app.stop());

  const create = async (json: object, as: Role = 'ann'): Promise<Job> =>
    (await app.call('POST', '/api/jobs', { as, json: { jobType: 'simulate', ...json } })).body;

  describe('creating', () => {
    it('answers 201 with the job and where it is found', async () => {
      const json = { jobType: 'simulate', id: 'first', title: 'First', tags: ['a', 'b'], input: { steps: 3 } };
      const { status, headers, body } = await app.call('POST', '/api/jobs', { json });
      expect(status).toBe(201);
      expect(headers.get('location')).toBe('/api/jobs/first');
      expect(body).toMatchObject({ ...json, userId: 'ann', status: 'queued', attempt: 1, version: 1, result: null });
      expect((await app.call('GET', '/api/jobs/first')).body).toEqual(body);
    });

    it('[R12] makes an id of its own when none is given', async () => {
      const [one, other] = [await create({}), await create({})];
      expect(one.id).not.toBe(other.id);
      expect((await app.call('GET', `/api/jobs/${one.id}`)).body).toEqual(one);
    });

    it('[R12] is the same job when its owner repeats it, and a conflict for anyone else', async () => {
      const first = await create({ id: 'again', title: 'First' });
      expect(await create({ id: 'again', title: 'Second' })).toEqual(first);
      const conflict = await app.call('POST', '/api/jobs', { as: 'ben', json: { jobType: 'simulate', id: 'again' } });
      expect(refusal(conflict)).toBe('job-id-conflict');
      const toAdmin = await app.call('POST', '/api/jobs', { as: 'admin', json: { jobType: 'simulate', id: 'again' } });
      expect(toAdmin.text).toBe(conflict.text);
    });

    it.each(['nothing', 'Simulate', '', 'constructor', '../x'])(
      'refuses the unknown job type %j and names the known ones',
      async (jobType) => {
        const answer = await app.call('POST', '/api/jobs', { json: { jobType } });
        expect(refusal(answer)).toBe('job-type-unknown');
        expect(answer.body.error.message).toBe('The job types here are: external, simulate, pdf-notes.');
      },
    );

    const bad: [string, Call, RefusalCode][] = [
      ['nothing', {}, 'payload-invalid'],
      ['an empty body', { raw: { type: 'application/json', body: '' } }, 'payload-invalid'],
      ['a list', { json: [] }, 'payload-invalid'],
      ['null', { raw: { type: 'application/json', body: 'null' } }, 'payload-invalid'],
      ['a number', { raw: { type: 'application/json', body: '7' } }, 'payload-invalid'],
      ['broken JSON', { raw: { type: 'application/json', body: '{"jobType":"secret' } }, 'payload-invalid'],
      ['text', { raw: { type: 'text/plain', body: 'jobType=simulate' } }, 'payload-invalid'],
      ['a plain form', { raw: { type: 'application/x-www-form-urlencoded', body: 'jobType=simulate' } }, 'payload-invalid'],
      ['an unknown charset', { raw: { type: 'application/json; charset=klingon', body: '{}' } }, 'payload-invalid'],
      ['no job type', { json: {} }, 'payload-invalid'],
      ['a job type that is no text', { json: { jobType: 7 } }, 'payload-invalid'],
      ['an empty id', { json: { jobType: 'simulate', id: '' } }, 'payload-invalid'],
      ['an id that is no text', { json: { jobType: 'simulate', id: {} } }, 'payload-invalid'],
      ['a malformed id', { json: { jobType: 'simulate', id: 'a/b' } }, 'payload-invalid'],
      ['an id that leads elsewhere', { json: { jobType: 'simulate', id: '../../x' } }, 'payload-invalid'],
      ['an id that is too long', { json: { jobType: 'simulate', id: 'a'.repeat(129) } }, 'payload-invalid'],
      ['the id "constructor"', { json: { jobType: 'simulate', id: 'constructor' } }, 'payload-invalid'],
      ['the id "__proto__"', { json: { jobType: 'simulate', id: '__proto__' } }, 'payload-invalid'],
      ['eleven tags', { json: { jobType: 'simulate', tags: Array.from('abcdefghijk') } }, 'payload-invalid'],
      ['an input of 65 KB', { json: { jobType: 'simulate', input: 'a'.repeat(65 * 1024) } }, 'payload-invalid'],
      ['a body of 1 MB', { json: { jobType: 'simulate', input: 'a'.repeat(1024 * 1024) } }, 'payload-too-large'],
    ];
    it.each(bad)('refuses %s', async (_, call, code) => {
      const answer = await app.call('POST', '/api/jobs', call);
      expect(refusal(answer)).toBe(code);
      expect(answer.text).not.toContain('secret');
      expect((await app.call('GET', '/api/jobs?scope=all', { as: 'admin' })).body.jobs).toEqual([]);
    });
  });

  describe('looking', () => {
    it('[R9] tells the history, oldest first', async () => {
      await create({ id: 'told' });
      await app.publisher.started('told');
      await app.publisher.progress('told', 40);
      await app.publisher.completed('told', { n: 1 });
      const { status, body } = await app.call('GET', '/api/jobs/told/history');
      expect(status).toBe(200);
      expect(body.history.map((entry: Job) => entry.status)).toEqual(['queued', 'processing', 'processing', 'completed']);
      expect(body.history[2]).toMatchObject({ version: 3, attempt: 1, progress: { percentage: 40 } });
    });

    it.each(['constructor', '__proto__', 'a'.repeat(129), '..%2F..%2Fetc%2Fpasswd', '%00', '-a', '%E0%A4%A', '%20'])(
      'refuses the id %s at every route',
      async (id) => {
        const routes = [
          ['GET', ''],
          ['GET', '/history'],
          ['GET', '/result'],
          ['POST', '/result/ticket'],
          ['POST', '/cancel'],
          ['POST', '/retry'],
          ['DELETE', ''],
          ['POST', '/reports'],
        ] as const;
        for (const [method, path] of routes) {
          const answer = await app.call(method, `/api/jobs/${id}${path}`, { as: 'reporter', ...(path === '/reports' && { json: {} }) });
          expect([method, path, refusal(answer)]).toEqual([method, path, 'payload-invalid']);
        }
      },
    );
  });

  describe('ending', () => {
    it('cancels, and again without harm', async () => {
      await create({ id: 'c' });
      const { status, body } = await app.call('POST', '/api/jobs/c/cancel');
      expect([status, body.status, body.version]).toEqual([200, 'cancelled', 2]);
      expect((await app.call('POST', '/api/jobs/c/cancel')).body).toEqual(body);
    });

    it('[R3] retries what failed or was cancelled', async () => {
      await create({ id: 'r' });
      await app.publisher.failed('r', { code: 'no-luck', message: 'No luck.' });
      const { status, body } = await app.call('POST', '/api/jobs/r/retry');
      expect([status, body.status, body.attempt, body.result]).toEqual([200, 'queued', 2, null]);
    });

    it('deletes what has ended', async () => {
      await create({ id: 'd' });
      await app.publisher.completed('d');
      const { status, text } = await app.call('DELETE', '/api/jobs/d');
      expect([status, text]).toEqual([204, '']);
      expect(refusal(await app.call('GET', '/api/jobs/d'))).toBe('job-not-found');
    });

    it.each([
      ['cancels no completed job', 'POST', '/cancel', 'completed'],
      ['retries no completed job', 'POST', '/retry', 'completed'],
      ['retries no queued job', 'POST', '/retry', 'queued'],
      ['deletes no queued job', 'DELETE', '', 'queued'],
      ['deletes no running job', 'DELETE', '', 'processing'],
    ])('[R3] %s', async (_, method, path, status) => {
      await create({ id: 's' });
      if (status === 'processing') await app.publisher.started('s');
      if (status === 'completed') await app.publisher.completed('s');
      expect(refusal(await app.call(method, `/api/jobs/s${path}`))).toBe('status-conflict');
      expect((await app.call('GET', '/api/jobs/s')).body.status).toBe(status);
    });
  });
});
