import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { JobStore } from '../store/job-store.js';
import { RedisJobStore } from '../store/redis-job-store.js';
import { SqliteJobStore } from '../store/sqlite-job-store.js';
import { describeAuditLog } from './audit-log.suite.js';

const directory = mkdtempSync(join(tmpdir(), 'harmonia-audit-'));
const open: JobStore[] = [];
const kept = <Store extends JobStore>(store: Store): Store => {
  open.push(store);
  return store;
};

afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describeAuditLog('SqliteAuditLog', (audit, now) => kept(SqliteJobStore.open({ directory: ':memory:', audit, now })).audit);

describe('SqliteAuditLog', () => {
  const entry = { at: new Date().toISOString(), who: null, what: 'create', jobId: 'a', whom: null, from: null, outcome: 'done' };

  it('[A2] is there after a restart, and its table refuses changes', async () => {
    const before = SqliteJobStore.open({ directory });
    await before.audit.append([entry]);
    await before.close();
    const database = new DatabaseSync(join(directory, 'harmonia.sqlite'));
    expect(() => database.exec("UPDATE audit SET outcome = 'forbidden'")).toThrow('append-only');
    database.close();
    const { entries } = await kept(SqliteJobStore.open({ directory })).audit.list({ limit: 5 });
    expect(entries).toEqual([{ id: '1', ...entry }]);
  });

  it('says that it cannot be reached once the store is closed', async () => {
    const store = SqliteJobStore.open({ directory: ':memory:' });
    await store.close();
    await expect(store.audit.append([entry])).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.audit.list({ limit: 5 })).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describeWithRedis('The audit of many nodes', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.remove());

  describeAuditLog('RedisAuditLog', (audit, now) => kept(RedisJobStore.open({ url: server.url, prefix: randomUUID(), audit, now })).audit);

  it('[A2] lets go of what was done with a job when it is over', async () => {
    const prefix = randomUUID();
    const store = kept(RedisJobStore.open({ url: server.url, prefix, audit: { keepForMs: 60_000 } }));
    await store.audit.append([
      { at: new Date().toISOString(), who: null, what: 'create', jobId: 'a', whom: null, from: null, outcome: 'done' },
    ]);
    expect(Number(server.command('PTTL', `{${prefix}:p0}:audit:job:a`))).toBeGreaterThan(50_000);
  });
});
