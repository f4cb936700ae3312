import { itWithRedis, RedisServer } from '@harmonia/test-processes';
import { RunningGateway } from '../testing/running-gateway.suite.js';

jest.setTimeout(30_000);

describe('readiness with Redis', () => {
  const ready = async ({ url }: RunningGateway) => {
    const answer = await fetch(`${url}/health/ready`);
    return { status: answer.status, body: await answer.text() };
  };

  itWithRedis('says that Redis is away, without its address, and the process is alive', async () => {
    const redis = await RedisServer.start({ settings: ['--requirepass', 'of-redis'] });
    const { host } = new URL(redis.url);
    const gateway = await RunningGateway.start({ REDIS_URL: `redis://:of-redis@${host}` });
    while ((await ready(gateway)).status !== 200);
    await redis.kill();
    const away = await ready(gateway);
    expect([away.status, JSON.parse(away.body)]).toMatchObject([
      503,
      { error: { store: { message: expect.stringMatching(/^redis-away: /) } } },
    ]);
    expect(away.body).not.toContain(host);
    expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200);
    await gateway.stop();
    await redis.remove();
  });

  itWithRedis('says that Redis does not take the password, and never which', async () => {
    const redis = await RedisServer.start({ settings: ['--requirepass', 'of-redis'] });
    const gateway = await RunningGateway.start({ REDIS_URL: redis.url.replace('//', '//:another@') });
    let answer = await ready(gateway);
    while (!answer.body.includes('redis-password')) answer = await ready(gateway);
    expect(answer.status).toBe(503);
    expect(answer.body).not.toContain('another');
    await gateway.stop();
    await redis.remove();
  });
});
