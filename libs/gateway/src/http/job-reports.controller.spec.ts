import type { Job, JobReport, RefusalCode } from '@harmonia/contract';
import { JobAccessPolicy } from '@harmonia/job-engine';
import { JobsApp, refusal, type Role } from './jobs-app.fixture.js';

describe('reports over HTTP', () => {
  let app: JobsApp;
  beforeEach(async () => {
    app = await JobsApp.start();
  });
  afterEach(() => app.stop());

  const create = (id: string, jobType = 'external') => app.call('POST', '/api/jobs', { json: { jobType, id } });
  const report = (id: string, json: unknown, as: Role = 'reporter') => app.call('POST', `/api/jobs/${id}/reports`, { as, json });
  const job = async (id: string, as: Role = 'ann'): Promise<Job> => (await app.call('GET', `/api/jobs/${id}`, { as })).body;
  const next = (sequence: number, rest: Partial<JobReport> = {}) => ({ attempt: 1, sequence, ...rest });

  it('[R4] brings a job from its start to its result', async () => {
    await create('w');
    const { epoch } = (await report('w', next(1, { status: 'processing' }))).body;
    expect((await job('w')).status).toBe('processing');
    const { status, body } = await report('w', next(2, { progress: { current: 5, total: 10, message: 'Half' } }));
    expect([status, body]).toEqual([200, { accepted: true, epoch, attempt: 1, sequence: 2, version: expect.any(Number) }]);
    await report('w', next(3, { status: 'completed', result: { n: 1 } }));
    expect(await job('w')).toMatchObject({ status: 'completed', result: { n: 1 }, progress: { percentage: 100, message: 'Half' } });
  });

  it('[R11] ends a job with code and sentence', async () => {
    await create('w');
    await report('w', next(1, { status: 'failed', error: { code: 'no-paper', message: 'The printer has no paper.' } }));
    expect(await job('w')).toMatchObject({ status: 'failed', result: { code: 'no-paper', error: 'The printer has no paper.' } });
  });

  it('[R10] takes a report of nothing as a heartbeat', async () => {
    await create('w');
    await report('w', next(1, { status: 'processing' }));
    const { body } = await report('w', next(2));
    expect(body).toMatchObject({ accepted: true, sequence: 2, version: (await job('w')).version });
  });

  it('[R4] answers stale and latched reports with what to resume from', async () => {
    await create('w');
    await report('w', next(5, { status: 'processing' }));
    const stale = await report('w', next(5, { status: 'completed' }));
    expect([stale.status, stale.body]).toEqual([
      200,
      expect.objectContaining({ accepted: false, reason: 'stale', attempt: 1, sequence: 5 }),
    ]);
    await app.publisher.cancelled('w');
    const latched = await report('w', next(6, { status: 'completed' }));
    expect([latched.status, latched.body]).toEqual([200, expect.objectContaining({ accepted: false, reason: 'latched' })]);
    expect((await job('w')).status).toBe('cancelled');
  });

  it('[R12] creates an unknown job for the owner that the report names', async () => {
    const first = next(1, { userId: 'ben', title: 'From afar', tags: ['x'], progress: { current: 1, total: 4, message: '' } });
    expect((await report('new', first)).body).toMatchObject({ accepted: true, attempt: 1, sequence: 1 });
    expect(await job('new', 'ben')).toMatchObject({
      userId: 'ben',
      jobType: 'external',
      title: 'From afar',
      tags: ['x'],
      status: 'processing',
      progress: { percentage: 25 },
    });
  });

  it('[R12] leaves the owner of a known job alone', async () => {
    await create('w');
    await report('w', next(1, { userId: 'ben', status: 'processing' }));
    expect(await job('w')).toMatchObject({ userId: 'ann', status: 'processing' });
  });

  it.each<[string, unknown, RefusalCode]>([
    ['nothing', next(1), 'job-unknown'],
    ['nothing', next(1, { userId: '' }), 'payload-invalid'],
    ['other-type', next(1), 'job-unknown'],
    ['other-type', next(1, { userId: 'ann' }), 'job-id-conflict'],
    ['other-type', next(1, { userId: 'ben' }), 'job-id-conflict'],
    ['known', [], 'payload-invalid'],
    ['known', 'text', 'payload-invalid'],
    ['known', {}, 'payload-invalid'],
    ['known', { attempt: 0, sequence: 1 }, 'payload-invalid'],
    ['known', { attempt: 1, sequence: 1.5 }, 'payload-invalid'],
    ['known', next(1, { status: 'queued' as 'failed' }), 'payload-invalid'],
    ['known', next(1, { result: 1 }), 'payload-invalid'],
    ['known', next(1, { status: 'failed' }), 'payload-invalid'],
    ['known', { ...next(1), progress: -1 }, 'payload-invalid'],
    ['known', next(1, { status: 'completed', result: 'a'.repeat(65 * 1024) }), 'payload-invalid'],
  ])('refuses for %s the report %j with %s', async (id, json, code) => {
    await create('known');
    await create('other-type', 'simulate');
    const before = [await job('known'), await job('other-type')];
    expect(refusal(await report(id, json))).toBe(code);
    expect([await job('known'), await job('other-type')]).toEqual(before);
  });

  it.each<Role>(['ann', 'ben', 'admin'])('is closed to %s, who has no scope for it', async (as) => {
    await create('w');
    expect(refusal(await report('w', next(1, { status: 'completed' }), as))).toBe('forbidden');
    expect(refusal(await report('nothing', next(1, { userId: 'ann' }), as))).toBe('forbidden');
    expect((await job('w')).status).toBe('queued');
  });

  it('says no more than that it broke when a policy of the host fails', async () => {
    class BrokenPolicy extends JobAccessPolicy {
      allows(): never {
        throw new Error('The directory is away.');
      }
    }
    const broken = await JobsApp.start({ jobs: { policy: new BrokenPolicy() } });
    await broken.publisher.created({ id: 'w', userId: 'ann', jobType: 'external' });
    const answer = await broken.call('POST', '/api/jobs/w/reports', { as: 'reporter', json: next(1) });
    await broken.stop();
    expect([refusal(answer), answer.text.includes('directory')]).toEqual(['internal-error', false]);
  });
});
