import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, openSync, closeSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { SqliteJobStore } from './sqlite-job-store.js';
import { complete, create, recordOf, report } from './store-probe.suite.js';

const home = mkdtempSync(join(tmpdir(), 'harmonia-directory-'));
const program = join(home, 'store-process.mjs');
const children: ChildProcess[] = [];
let directories = 0;

const emptyDirectory = () => join(home, `data-${++directories}`);
const fileIn = (directory: string) => join(directory, 'harmonia.sqlite');

beforeAll(() => {
  const esbuild = join(dirname(createRequire(__filename).resolve('esbuild/package.json')), 'bin/esbuild');
  const source = join(__dirname, 'store-process.suite.ts');
  execFileSync(esbuild, [source, '--bundle', '--platform=node', '--format=esm', `--outfile=${program}`, '--log-level=error']);
});

afterAll(async () => {
  await Promise.all(children.map(killed));
  rmSync(home, { recursive: true, force: true });
});

/** A store in another process, and the lines that it says. */
function storeProcess(directory: string, task = 'hold') {
  const child = spawn(process.execPath, [program, directory, task], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, next: async () => String((await lines.next()).value) };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Why this directory cannot be opened. */
function refusalOf(directory: string): unknown {
  try {
    void SqliteJobStore.open({ directory }).close();
  } catch (error) {
    return error;
  }
  throw new Error('It was opened.');
}

const inDatabase = (directory: string, sql: string): void => {
  const database = new DatabaseSync(fileIn(directory));
  database.exec(sql);
  database.close();
};

describe('the data directory of a SqliteJobStore', () => {
  it('is made when it is missing, for its owner only', async () => {
    const directory = join(emptyDirectory(), 'in', 'here');
    await SqliteJobStore.open({ directory }).close();
    expect(existsSync(fileIn(directory))).toBe(true);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('belongs to one store of a process, and to the next once that is closed', async () => {
    const directory = emptyDirectory();
    const store = SqliteJobStore.open({ directory });
    expect(refusalOf(directory)).toMatchObject({ name: 'DataDirectoryError', code: 'data-dir-in-use' });
    await store.apply([create('a')]);
    await store.close();
    const next = SqliteJobStore.open({ directory });
    expect((await recordOf(next, 'a')).job.id).toBe('a');
    await next.close();
  });

  it('belongs to one process, and the refusal says which directory and what to do', async () => {
    const directory = emptyDirectory();
    const holder = storeProcess(directory);
    expect(await holder.next()).toBe('open');
    const message = `The jobs in ${directory} are in use. Stop the other process that has them open, or set DATA_DIR to another directory.`;
    expect(refusalOf(directory)).toMatchObject({ code: 'data-dir-in-use', message });
    expect(await storeProcess(directory).next()).toBe('data-dir-in-use');
    await killed(holder.child);
    await SqliteJobStore.open({ directory }).close();
  });

  it('refuses another process for as long as it is open here', async () => {
    const directory = emptyDirectory();
    const store = SqliteJobStore.open({ directory });
    expect(await storeProcess(directory).next()).toBe('data-dir-in-use');
    expect(refusalOf(directory)).toMatchObject({ code: 'data-dir-in-use' });
    expect(await storeProcess(directory).next()).toBe('data-dir-in-use');
    await store.close();
    expect(await storeProcess(directory).next()).toBe('open');
  });

  it('[G19] holds everything that was answered before a SIGKILL, and nothing by halves', async () => {
    const directory = emptyDirectory();
    const committed: string[] = [];
    for (let round = 1; round <= 6; round++) {
      const writer = storeProcess(directory, 'commit');
      expect(await writer.next()).toBe('open');
      const enough = committed.length + round * 7;
      while (committed.length < enough) committed.push(await writer.next());
      await killed(writer.child);
      for (let line = await writer.next(); line.startsWith('job-'); line = await writer.next()) committed.push(line);
    }
    const store = SqliteJobStore.open({ directory });
    const { records } = await store.read(committed);
    expect([...records.keys()]).toEqual(committed);
    const { jobs } = await store.list({ scope: 'all', limit: committed.length + 100 });
    for (const job of jobs) expect(job).toMatchObject({ status: 'completed', version: 3, result: job.input, tags: ['kept'] });
    expect(jobs.length).toBeGreaterThanOrEqual(committed.length);
    await store.close();
  });

  it('[R7] has a new epoch at each opening; positions of another are answered anew or refused', async () => {
    const directory = emptyDirectory();
    const first = SqliteJobStore.open({ directory });
    await first.apply([create('a')]);
    const { epoch, position } = await first.read([]);
    await first.close();
    const second = SqliteJobStore.open({ directory });
    expect((await second.read([])).epoch).not.toBe(epoch);
    expect(await second.since(position, 'all', 5)).toMatchObject({ reset: true, jobs: [{ id: 'a' }] });
    await expect(second.follow(position, () => undefined)).rejects.toMatchObject({ code: 'page-invalid' });
    await second.close();
  });

  it('[R6, R9, R13] keeps jobs, histories, removals and the order of lists over an opening', async () => {
    const directory = emptyDirectory();
    const first = SqliteJobStore.open({ directory });
    await first.apply([create('a'), report('a'), create('b'), complete('b', [1]), create('gone'), complete('gone')]);
    await first.apply([{ kind: 'removed', id: 'gone' }]);
    const before = [await first.read(['a', 'b']), await first.history('a'), await first.list({ scope: 'all', limit: 1 })] as const;
    await first.close();
    const second = SqliteJobStore.open({ directory });
    expect((await second.read(['a', 'b'])).records).toEqual(before[0].records);
    expect(await second.history('a')).toEqual(before[1]);
    await second.apply([create('c')]);
    expect(await second.list({ scope: 'all', limit: 5, page: before[2].nextPage ?? '' })).toMatchObject({ jobs: [{ id: 'a' }] });
    expect(await second.apply([create('gone', { userId: 'bob' })])).toMatchObject([{ code: 'job-id-conflict' }]);
    expect(await second.apply([create('gone')])).toMatchObject([{ record: { job: { version: 4 } } }]);
    await second.close();
  });

  it('is refused with `data-dir-not-writable` where no file can be made', () => {
    const directory = emptyDirectory();
    writeFileSync(directory, 'a file, not a directory');
    const message = `The directory ${directory}/data cannot be written. Give this user the right to, or set DATA_DIR to another directory.`;
    expect(refusalOf(`${directory}/data`)).toMatchObject({ code: 'data-dir-not-writable', message, cause: expect.anything() });
    const taken = emptyDirectory();
    mkdirSync(fileIn(taken), { recursive: true });
    expect(refusalOf(taken)).toMatchObject({ code: 'data-dir-not-writable' });
  });

  it.each<[string, (directory: string) => void]>([
    ['no database', (directory) => writeFileSync(fileIn(directory), 'This is no database, whatever its name. '.repeat(200))],
    ['the database of something else', (directory) => inDatabase(directory, 'CREATE TABLE jobs (id TEXT)')],
    ['a database without our tables', (directory) => inDatabase(directory, 'PRAGMA user_version = 1')],
  ])('is refused with `data-dir-corrupt` when its file is %s, and let go of', async (_, spoil) => {
    const directory = emptyDirectory();
    mkdirSync(directory);
    spoil(directory);
    expect(refusalOf(directory)).toMatchObject({ code: 'data-dir-corrupt', message: expect.stringContaining(directory) });
    rmSync(fileIn(directory));
    await expect(SqliteJobStore.open({ directory }).close()).resolves.toBeUndefined();
  });

  it('is refused with `data-dir-too-new` when a newer version wrote it, and left as it is', async () => {
    const directory = emptyDirectory();
    const store = SqliteJobStore.open({ directory });
    await store.apply([create('a')]);
    await store.close();
    inDatabase(directory, 'PRAGMA user_version = 99');
    expect(refusalOf(directory)).toMatchObject({ code: 'data-dir-too-new', message: expect.stringContaining('newer version') });
    inDatabase(directory, 'PRAGMA user_version = 3');
    const again = SqliteJobStore.open({ directory });
    expect((await recordOf(again, 'a')).job.version).toBe(1);
    await again.close();
  });

  it('[A1] takes over what a version without an audit wrote', async () => {
    const directory = emptyDirectory();
    const store = SqliteJobStore.open({ directory });
    await store.apply([create('a')]);
    await store.close();
    inDatabase(directory, 'DROP TABLE audit; DROP TABLE session_ends; PRAGMA user_version = 1');
    const again = SqliteJobStore.open({ directory });
    expect((await recordOf(again, 'a')).job.version).toBe(1);
    expect(await again.audit.list({ limit: 5 })).toEqual({ entries: [], nextCursor: null });
    await again.close();
  });

  it('answers `unavailable`, with the cause for the log, where the file has become unreadable, and works on elsewhere', async () => {
    const directory = emptyDirectory();
    const first = SqliteJobStore.open({ directory });
    await first.apply([create('a', { input: 'x'.repeat(50) }), report('a')]);
    await first.close();
    spoilTable(directory, 'payloads');
    const store = SqliteJobStore.open({ directory });
    await expect(store.read(['a'])).rejects.toMatchObject({ code: 'unavailable', cause: { errcode: 11 } });
    await expect(store.apply([create('b'), report('a')])).rejects.toMatchObject({ code: 'unavailable' });
    expect((await store.history('a')).map(({ version }) => version)).toEqual([1, 2]);
    expect((await store.read(['b'])).records.size).toBe(0);
    await store.close();
  });
});

/** Overwrites the first page of a table. */
function spoilTable(directory: string, table: string): void {
  const database = new DatabaseSync(fileIn(directory));
  const page = Number(database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table)?.['rootpage']);
  const size = Number(database.prepare('PRAGMA page_size').get()?.['page_size']);
  database.close();
  const file = openSync(fileIn(directory), 'r+');
  writeSync(file, Buffer.alloc(size, 0x5a), 0, size, (page - 1) * size);
  closeSync(file);
}
