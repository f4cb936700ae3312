import type { AuditEntry } from '@harmonia/contract';
import type { AuditLog, AuditRetention, NewAuditEntry } from './audit-log.js';

/** How a log under test is opened: empty, with a clock of the suite's own. */
export type OpenAuditLog = (retention: AuditRetention, now: () => number) => Promise<AuditLog> | AuditLog;

const DAY = 24 * 60 * 60_000;

const entry = (what: string, jobId: string | null = null, more: Partial<NewAuditEntry> = {}): NewAuditEntry => ({
  at: new Date().toISOString(),
  who: { userId: 'ann', roles: ['admin'] },
  what,
  jobId,
  whom: null,
  from: '127.0.0.1',
  outcome: 'done',
  ...more,
});

/** What every audit log must keep: run it over each. */
export function describeAuditLog(name: string, open: OpenAuditLog): void {
  describe(`${name}, as any audit log,`, () => {
    let log: AuditLog;
    let now: number;
    const opened = async (retention: AuditRetention = {}) => {
      now = Date.now();
      log = await open(retention, () => now);
    };
    const whats = (entries: readonly AuditEntry[]) => entries.map(({ what }) => what);
    const listed = async (jobId?: string) => whats((await log.list({ jobId, limit: 200 })).entries);

    it('[A1] answers what was noted as it was noted, newest first', async () => {
      await opened();
      const noted = [
        entry('create', 'a'),
        entry('handshake', null, { who: null, whom: 'ben', from: null, outcome: 'token-invalid' }),
        entry('delete', 'a'),
      ];
      await log.append(noted.slice(0, 2));
      await log.append(noted.slice(2));
      const { entries, nextCursor } = await log.list({ limit: 50 });
      expect(entries).toEqual(noted.toReversed().map((one) => ({ id: expect.stringMatching(/^\d+/), ...one })));
      expect(new Set(entries.map(({ id }) => id)).size).toBe(3);
      expect(nextCursor).toBeNull();
    });

    it('[A1] pages through all of it, and what comes meanwhile moves nothing across the pages', async () => {
      await opened();
      await log.append(['a', 'b', 'c', 'd', 'e'].map((what) => entry(what)));
      const first = await log.list({ limit: 2 });
      await log.append([entry('f')]);
      const second = await log.list({ limit: 2, cursor: first.nextCursor ?? '' });
      const third = await log.list({ limit: 2, cursor: second.nextCursor ?? '' });
      expect([first, second, third].map(({ entries }) => whats(entries))).toEqual([['e', 'd'], ['c', 'b'], ['a']]);
      expect(third.nextCursor).toBeNull();
    });

    it('[A1] answers of one job what was done with it, in pages too', async () => {
      await opened();
      await log.append([entry('create', 'a'), entry('create', 'b'), entry('announce'), entry('cancel', 'a'), entry('delete', 'a')]);
      expect(await listed('a')).toEqual(['delete', 'cancel', 'create']);
      expect(await listed('b')).toEqual(['create']);
      expect(await listed('nowhere')).toEqual([]);
      const first = await log.list({ jobId: 'a', limit: 2 });
      expect(whats((await log.list({ jobId: 'a', limit: 2, cursor: first.nextCursor ?? '' })).entries)).toEqual(['create']);
    });

    it('[A2] forgets what is older than it is to keep, and nothing else', async () => {
      await opened({ keepForMs: DAY });
      await log.append([entry('old', 'a'), entry('older', 'b')]);
      now += DAY / 2;
      await log.append([entry('kept', 'a', { at: new Date(now).toISOString() })]);
      expect(await listed('a')).toEqual(['kept', 'old']);
      now += DAY;
      await log.append([entry('new', 'a', { at: new Date(now).toISOString() })]);
      expect((await listed()).filter((what) => what.startsWith('old'))).toEqual([]);
      expect((await listed('a')).filter((what) => what.startsWith('old'))).toEqual([]);
      expect(await listed()).toContain('new');
    });

    it('[A2] keeps the newest when there are too many', async () => {
      await opened({ mostEntries: 3 });
      await log.append(['a', 'b', 'c', 'd', 'e'].map((what) => entry(what)));
      expect(await listed()).toEqual(['e', 'd', 'c']);
    });

    it('refuses a cursor that is none', async () => {
      await opened();
      for (const cursor of ['', 'x', '1; DROP TABLE audit', '-1', '+', '9'.repeat(40)])
        await expect(log.list({ cursor, limit: 5 })).rejects.toMatchObject({ code: 'page-invalid' });
    });
  });
}
