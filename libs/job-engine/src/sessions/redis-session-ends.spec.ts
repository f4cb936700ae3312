import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { RedisJobStore } from '../store/redis-job-store.js';

describeWithRedis('ended sessions in Redis', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.remove());

  it('[S8, R7] are told from the first after the past was rewritten, though as many have been added since', async () => {
    const [one, two] = [0, 1].map(() => RedisJobStore.open({ url: server.url, onTrouble: () => undefined }));
    const end = (userId: string) => ({ userId, sessionId: null, at: 1, until: Date.now() + 60_000 });
    await one?.sessionEnds.add(end('ann'));
    await one?.sessionEnds.add(end('bob'));
    const { cursor } = (await one?.sessionEnds.since(0)) ?? { cursor: 0 };
    expect(cursor).toBe(2);
    // as after a failover to a server that had not heard of the last one yet
    server.command('HDEL', '{harmonia:p0}:session-ends', '2');
    server.command('HSET', '{harmonia:p0}:session-ends', 'last', '1');
    server.command('HSET', '{harmonia:p0}:meta', 'run', 'of-the-server-before');
    server.command('CLIENT', 'KILL', 'TYPE', 'normal');
    await two?.sessionEnds.add(end('eve'));
    await one?.read([]);
    const { ends } = (await one?.sessionEnds.since(cursor)) ?? {};
    expect(ends?.map(({ userId }) => userId).sort()).toEqual(['ann', 'eve']);
    expect(await one?.sessionEnds.since(cursor)).toEqual({ cursor: 2, ends: [] });
    await Promise.all([one?.close(), two?.close()]);
  });
});
