import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort, onFreePort } from './free-port.ts';
import { RedisCluster } from './redis-cluster.ts';
import { RedisServer } from './redis-server.ts';
import { describeWithRedis } from './with-redis.ts';

jest.setTimeout(30_000);

describeWithRedis('a Redis of its own', () => {
  let redis: RedisServer;
  afterEach(() => redis.remove());
  const valueAfterALife = async (): Promise<string> => {
    await redis.kill();
    await redis.start();
    return redis.command('GET', 'key');
  };

  it('has an address before it runs', async () => {
    redis = await RedisServer.reserve();
    expect(redis.command('PING')).toBe('');
    await redis.start();
    expect(redis.url).toBe(`redis://127.0.0.1:${redis.port}`);
    expect(redis.command('PING')).toBe('PONG');
  });

  it('keeps what it was told to save, and nothing else', async () => {
    redis = await RedisServer.start();
    redis.command('SET', 'key', 'saved');
    redis.command('SAVE');
    redis.command('SET', 'key', 'not saved');
    expect(await valueAfterALife()).toBe('saved');
  });

  it('loses nothing when it appends', async () => {
    redis = await RedisServer.start({ appendOnly: true });
    redis.command('SET', 'key', 'answered');
    expect(await valueAfterALife()).toBe('answered');
  });

  it('has its settings in each of its lives', async () => {
    redis = await RedisServer.start({ settings: ['--maxmemory', '8mb'] });
    await redis.kill();
    await redis.start();
    expect(redis.command('CONFIG', 'GET', 'maxmemory')).toContain('8388608');
    await redis.kill();
    await expect(RedisServer.start({ settings: ['--no-such-setting', '1'] })).rejects.toThrow(
      /redis-server ended with 1: .*no-such-setting/s,
    );
  });

  it.each([true, false])('goes back to what it held, with appendOnly %s', async (appendOnly) => {
    redis = await RedisServer.start({ appendOnly });
    redis.command('SET', 'key', 'before');
    const past = await redis.remember();
    redis.command('SET', 'key', 'after');
    await redis.rollBack(past);
    expect(redis.command('GET', 'key')).toBe('before');
    const other = await RedisServer.start({ appendOnly });
    await other.rollBack(past);
    expect(other.command('GET', 'key')).toBe('before');
    await other.remove();
  });

  it('answers when it goes on, and says what CPU it has used', async () => {
    redis = await RedisServer.start();
    const before = redis.cpu();
    redis.pause();
    const answered = fetch(redis.url.replace('redis', 'http')).catch(() => 'answered');
    expect(await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, 200, 'silent'))])).toBe('silent');
    redis.resume();
    expect(await answered).toBe('answered');
    redis.command('EVAL', 'local sum = 0; for number = 1, 10000000 do sum = sum + number end; return sum', '0');
    expect(redis.cpu()).toBeGreaterThan(before);
  });

  it('makes a cluster of one, and of several', async () => {
    for (const count of [1, 3]) {
      const cluster = await RedisCluster.start(count);
      const [node] = cluster.nodes;
      expect(node?.command('CLUSTER', 'INFO')).toContain(`cluster_known_nodes:${count}`);
      expect(cluster.urls).toHaveLength(count);
      await cluster.remove();
    }
  });
});

describe('a free port', () => {
  it('can be listened on', async () => {
    const server = createServer().listen(await freePort(), '127.0.0.1');
    await once(server, 'listening');
    expect(server.listening).toBe(true);
    server.close();
  });

  it('is another one when it was taken, three times at most', async () => {
    const tried: number[] = [];
    const taken = async (port: number): Promise<number> => {
      tried.push(port);
      if (tried.length < 3) throw new Error(`${port} is taken.`);
      return port;
    };
    expect(await onFreePort(taken)).toBe(tried[2]);
    await expect(onFreePort(() => Promise.reject(new Error('It cannot start.')))).rejects.toThrow('It cannot start.');
  });
});
