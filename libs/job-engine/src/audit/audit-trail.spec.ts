import { RefusalError, type AuditPage } from '@harmonia/contract';
import { Logger } from '@nestjs/common';
import type { AuditLog, NewAuditEntry } from './audit-log.js';
import { AuditTrail } from './audit-trail.js';

/** A log that can be away. */
class FickleLog implements AuditLog {
  isAway = false;
  readonly entries: NewAuditEntry[] = [];
  heard = (): void => undefined;

  async append(entries: readonly NewAuditEntry[]): Promise<void> {
    if (this.isAway) throw new RefusalError('unavailable');
    this.entries.push(...entries);
    this.heard();
  }

  async list(): Promise<AuditPage> {
    return { entries: this.entries.map((entry, index) => ({ id: String(index), ...entry })), nextCursor: null };
  }
}

const errors: string[] = [];
beforeEach(() => {
  errors.length = 0;
  Logger.overrideLogger({ log: () => undefined, warn: () => undefined, error: (message: string) => errors.push(message) });
});
afterEach(() => Logger.overrideLogger(false));

describe('AuditTrail', () => {
  it('[A1] notes without making anybody wait, in order, and copies what it is told of a session', async () => {
    const log = new FickleLog();
    const trail = new AuditTrail(log);
    const who = { userId: 'ann', roles: ['admin'], scopes: ['secret'], expiresAt: null, token: 'secret' };
    trail.note({ what: 'create', who, jobId: 'a', from: '::1' });
    trail.note({ what: 'delete', jobId: 'a', outcome: 'job-not-found' });
    expect(log.entries).toEqual([]);
    const { entries } = await trail.list({ limit: 50 });
    expect(entries).toEqual([
      {
        id: '0',
        at: expect.stringMatching(/Z$/),
        who: { userId: 'ann', roles: ['admin'] },
        what: 'create',
        jobId: 'a',
        whom: null,
        from: '::1',
        outcome: 'done',
      },
      { id: '1', at: expect.stringMatching(/Z$/), who: null, what: 'delete', jobId: 'a', whom: null, from: null, outcome: 'job-not-found' },
    ]);
  });

  it('[A1] keeps what cannot be written, says so once, and writes it when it can', async () => {
    const log = new FickleLog();
    const trail = new AuditTrail(log);
    log.isAway = true;
    trail.note({ what: 'create' });
    await trail.list({ limit: 50 });
    trail.note({ what: 'delete' });
    await trail.list({ limit: 50 });
    expect(errors).toEqual([expect.stringContaining('cannot be written just now')]);
    log.isAway = false;
    await new Promise<void>((resolve) => (log.heard = resolve));
    expect(log.entries.map(({ what }) => what)).toEqual(['create', 'delete']);
    await trail.close();
    expect(errors).toHaveLength(1);
  });

  it('[A1] is bounded while the log is away, and says how much was lost', async () => {
    const log = new FickleLog();
    const trail = new AuditTrail(log);
    log.isAway = true;
    for (let index = 0; index < 5010; index++) trail.note({ what: 'handshake' });
    await trail.close();
    expect(errors.at(-1)).toBe('5010 entries of the audit could not be written, and are lost.');
    log.isAway = false;
    const other = new AuditTrail(log);
    for (let index = 0; index < 250; index++) other.note({ what: 'handshake' });
    await other.close();
    expect(log.entries).toHaveLength(250);
  });
});
