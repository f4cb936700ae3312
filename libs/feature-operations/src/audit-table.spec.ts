import type { AuditEntry } from '@harmonia/contract';
import { anOperationsPage, words } from './operations.fixture';

/** Somebody cancelled a job, changed as said. */
function anEntry(changes: Partial<AuditEntry> = {}): AuditEntry {
  const at = new Date(2026, 10, 21, 8, 5, 9).toISOString();
  return {
    id: 'e-1',
    at,
    who: { userId: 'ann', roles: [] },
    what: 'cancel',
    jobId: 'job-1',
    whom: null,
    from: '::1',
    outcome: 'done',
    ...changes,
  };
}

/** The page with its audit asked for. */
async function anAuditPage() {
  const operations = await anOperationsPage();
  await operations.answer();
  const { page, server, stable, table } = operations;
  /** Answers the audit; says which part of it was asked for. */
  const audit = async (entries: readonly AuditEntry[], nextCursor: string | null = null) => {
    const request = server.expectOne(({ url }) => url.startsWith('/api/audit'));
    request.flush({ entries, nextCursor });
    await stable();
    return request.request.url;
  };
  const narrow = async (jobId: string) => {
    const input = page.querySelector<HTMLInputElement>('#audit-job');
    if (input) input.value = jobId;
    input?.dispatchEvent(new Event('change'));
    await stable();
  };
  return { ...operations, audit, narrow, rows: () => table('harmonia-audit-table') };
}

describe('AuditTable', () => {
  it('[A1] says who tried what, with which job, from where, and what came of it', async () => {
    const { page, audit, rows } = await anAuditPage();
    expect(rows()).toEqual([['Reading the audit…']]);
    const handshake = { id: 'e-2', who: null, what: 'handshake', jobId: null, from: null, outcome: 'token-expired' };
    await audit([
      anEntry({ who: { userId: 'ann', roles: ['admin', 'ops'] } }),
      anEntry(handshake),
      anEntry({ id: 'e-3', whom: 'ben', jobId: null }),
    ]);
    expect(rows()).toEqual([
      ['Nov 21, 08:05:09', 'ann admin, ops', 'cancel', 'job-1', '::1', 'done'],
      ['Nov 21, 08:05:09', 'nobody known', 'handshake', '–', '–', 'token-expired'],
      ['Nov 21, 08:05:09', 'ann', 'cancel', 'ben', '::1', 'done'],
    ]);
    expect(page.querySelector('harmonia-audit-table a')?.getAttribute('href')).toBe('/jobs/job-1');
  });

  it('turns its pages, and keeps the one that is shown until the next is here', async () => {
    const { audit, rows, button, stable } = await anAuditPage();
    await audit([anEntry()], 'c-2');
    button('Next page of the audit')?.click();
    await stable();
    expect(rows()).toHaveLength(1);
    expect(await audit([anEntry({ id: 'e-2' }), anEntry({ id: 'e-3' })])).toBe('/api/audit?cursor=c-2');
    expect([rows().length, button('Next page of the audit')?.ariaDisabled]).toEqual([2, 'true']);
    button('Previous page of the audit')?.click();
    await stable();
    expect(await audit([anEntry()], 'c-2')).toBe('/api/audit');
  });

  it('narrows to one job', async () => {
    const { audit, rows, narrow } = await anAuditPage();
    await audit([anEntry()], 'c-2');
    await narrow(' job-9 ');
    expect(await audit([])).toBe('/api/audit?jobId=job-9');
    expect(rows()).toEqual([['Nothing was done with this job.']]);
    await narrow('');
    expect(await audit([])).toBe('/api/audit');
    expect(rows()).toEqual([['Nothing was done yet.']]);
  });

  it('says why it cannot be read, and reads it again when told to', async () => {
    const { page, server, rows, audit, button, stable } = await anAuditPage();
    const error = { code: 'payload-invalid', message: 'jobId: A job id is 1–128 letters.' };
    server.expectOne('/api/audit').flush({ error }, { status: 400, statusText: 'Bad Request' });
    await stable();
    expect(words(page.querySelector('harmonia-audit-table [role=alert]'))).toContain(error.message);
    button('Read the audit again')?.click();
    await stable();
    await audit([anEntry()]);
    expect(rows()).toHaveLength(1);
  });
});
