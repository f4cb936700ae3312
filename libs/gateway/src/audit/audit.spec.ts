import type { AuditEntry, AuditPage } from '@harmonia/contract';
import { JobAccess } from '@harmonia/job-engine';
import { JobsApp, refusal, TOKENS, type Role } from '../http/jobs-app.fixture.js';

/** What the specs look at of an entry. */
const brief = ({ what, who, jobId, whom, outcome }: AuditEntry) => [what, who?.userId ?? null, jobId ?? whom, outcome];

describe('the audit over HTTP', () => {
  let app: JobsApp;
  beforeEach(async () => {
    app = await JobsApp.start();
  });
  afterEach(() => app.stop());
  const audit = async (query = ''): Promise<AuditPage> => (await app.call('GET', `/api/audit${query}`, { as: 'admin' })).body;
  const create = (id: string, as: Role = 'ann') => app.call('POST', '/api/jobs', { as, json: { id, jobType: 'simulate' } });

  it('[A1] notes who did what to which job, from where, and what came of it', async () => {
    await create('a');
    await create('a', 'ben');
    await app.call('POST', '/api/jobs/a/cancel', { as: 'ben' });
    await app.call('POST', '/api/jobs/a/cancel', { as: 'admin' });
    await app.call('POST', '/api/jobs/a/retry');
    await app.call('DELETE', '/api/jobs/a');
    await app.call('POST', '/api/jobs/a/cancel');
    await app.call('DELETE', '/api/jobs/a');
    const { entries } = await audit();
    expect(entries.map(brief).reverse()).toEqual([
      ['create', 'ann', 'a', 'done'],
      ['create', 'ben', 'a', 'job-id-conflict'],
      ['cancel', 'ben', 'a', 'job-not-found'],
      ['cancel', 'root', 'a', 'done'],
      ['retry', 'ann', 'a', 'done'],
      ['delete', 'ann', 'a', 'status-conflict'],
      ['cancel', 'ann', 'a', 'done'],
      ['delete', 'ann', 'a', 'done'],
    ]);
    expect(entries.every(({ from, at }) => from === '127.0.0.1' && at.endsWith('Z'))).toBe(true);
    expect(entries.find(({ who }) => who?.userId === 'root')?.who?.roles).toEqual(['admin']);
  });

  it('[A1] notes people who were told something, lost permissions, and reports only when refused', async () => {
    await app.call('POST', '/api/announcements', { as: 'admin', json: { id: 'x', message: 'Hello.' } });
    await app.call('POST', '/api/users/ben/notifications', { as: 'ann', json: { message: 'Hello.' } });
    await app.call('DELETE', '/api/session', { as: 'ben' });
    await app.app.get(JobAccess).revoke('ben', 'a');
    await app.call('POST', '/api/jobs/e/reports', { as: 'reporter', json: { attempt: 1, sequence: 1, userId: 'ann' } });
    await app.call('POST', '/api/jobs/e/reports', { as: 'ann', json: { attempt: 1, sequence: 2 } });
    expect((await audit()).entries.map(brief).reverse()).toEqual([
      ['announce', 'root', null, 'done'],
      ['notify', 'ann', 'ben', 'forbidden'],
      ['sign-out', 'ben', null, 'done'],
      ['revoke', null, 'a', 'done'],
      ['report', 'ann', 'e', 'forbidden'],
    ]);
  });

  it('[A1] notes nothing of what only looked, nor of what could not be read, and nothing of a payload', async () => {
    await create('a');
    await app.call('GET', '/api/jobs/a');
    await app.call('GET', '/api/jobs');
    await app.call('POST', '/api/jobs', { json: { jobType: 'simulate', id: 'no id', title: 'secret' } });
    await app.call('POST', '/api/jobs', { json: { jobType: 'unknown', title: 'secret', input: TOKENS.ann } });
    const { entries } = await audit();
    expect(entries.map(brief).reverse()).toEqual([
      ['create', 'ann', 'a', 'done'],
      ['create', 'ann', null, 'job-type-unknown'],
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/secret|eyJ/);
  });

  it('[A1] is for admins, in pages, of all jobs or of one', async () => {
    for (const id of ['a', 'b', 'c']) await create(id);
    const first = await audit('?limit=2');
    expect(first.entries.map(({ jobId }) => jobId)).toEqual(['c', 'b']);
    expect((await audit(`?limit=2&cursor=${first.nextCursor}`)).entries.map(({ jobId }) => jobId)).toEqual(['a']);
    expect((await audit('?jobId=b')).entries.map(({ jobId }) => jobId)).toEqual(['b']);
    for (const as of ['ann', 'reporter'] as const) expect(refusal(await app.call('GET', '/api/audit', { as }))).toBe('forbidden');
    expect(refusal(await app.call('GET', '/api/audit', { as: null }))).toBe('token-missing');
    expect(refusal(await app.call('GET', '/api/audit?cursor=x', { as: 'admin' }))).toBe('page-invalid');
    expect(refusal(await app.call('GET', '/api/audit?limit=999', { as: 'admin' }))).toBe('payload-invalid');
    expect(refusal(await app.call('POST', '/api/audit', { as: 'admin' }))).toBe('verb-unknown');
  });
});
