import { RedisJobStore, SqliteJobStore, type JobStore } from '@harmonia/job-engine';
import { Logger } from '@nestjs/common';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, StartError, type Environment } from './config.js';
import { openJobStore } from './job-store.js';

/** Hears what is logged, as the host's own logger would. */
class Listener extends EventEmitter {
  readonly lines: string[] = [];
  readonly log = (line: string) => this.hear(line);
  readonly warn = this.log;
  readonly error = this.log;

  private hear(line: string): void {
    this.lines.push(line);
    this.emit('line');
  }
}

describe('openJobStore', () => {
  let directory: string;
  let store: JobStore | undefined;
  let server: Server | undefined;
  const open = async (environment: Environment = {}) => {
    store = await openJobStore(readConfig({ DEMO_AUTH: 'true', DATA_DIR: join(directory, 'data'), ...environment }));
    return store;
  };

  beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'harmonia-'))));
  afterEach(async () => {
    await store?.close();
    server?.close();
    [store, server] = [undefined, undefined];
    Logger.overrideLogger(false);
    await rm(directory, { recursive: true });
  });

  it('keeps jobs in the data directory when no Redis is named', async () => {
    expect(await open()).toBeInstanceOf(SqliteJobStore);
  });

  it('keeps jobs in Redis when one is named, and nothing but files in the data directory', async () => {
    expect(await open({ REDIS_URL: 'redis://127.0.0.1:1' })).toBeInstanceOf(RedisJobStore);
    expect(await readdir(join(directory, 'data'))).toEqual([]);
  });

  it('says in a sentence that the data directory cannot be used, with Redis too', async () => {
    await writeFile(join(directory, 'data'), '');
    const opening = open({ REDIS_URL: 'redis://127.0.0.1:1' });
    await expect(opening).rejects.toBeInstanceOf(StartError);
    await expect(opening).rejects.toThrow(/^data-dir-not-writable: .* DATA_DIR\.$/);
  });

  it.each([
    ['does not answer', null, 'redis-away'],
    ['refuses the password', '-WRONGPASS invalid username-password pair or user is disabled.', 'redis-password'],
    ['repeats the password', "-ERR unknown command 'AUTH', with args beginning with: 'hunter2'", 'redis-'],
  ])('[G13] logs once, without the password, that Redis %s', async (_, answer, code) => {
    const listener = new Listener();
    Logger.overrideLogger(listener);
    // what is no Redis, but speaks as one
    server = createServer((socket) => void socket.on('error', () => undefined).on('data', () => socket.write(`${answer}\r\n`)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    if (answer === null) server.close();

    const said = once(listener, 'line');
    const asked = (await open({ REDIS_URL: `redis://:hunter2@127.0.0.1:${port}` })).read([]);
    await expect(asked).rejects.toMatchObject({ code: 'unavailable' });
    await said;
    expect(listener.lines[0]).toContain(code);
    expect(listener.lines.join()).not.toContain('hunter2');
  });
});
