import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { RequestLimit } from './request-limit.js';
import { JobsApp, refusal, type Role } from '../http/jobs-app.fixture.js';

describe('requests over HTTP', () => {
  let app: JobsApp;
  beforeAll(async () => {
    app = await JobsApp.start({ gateway: { limits: { requestsPerMinute: 5, refusedPerMinute: 5 } } });
  });
  afterAll(() => app.stop());

  const list = (as: Role) => app.call('GET', '/api/jobs', { as });
  const statuses = async (as: Role, count: number) => {
    const answers = [];
    for (let asked = 0; asked < count; asked++) answers.push(await list(as));
    return answers.map(({ status }) => status);
  };

  it('[L1, G11] are bounded for each user, who is told when to come again', async () => {
    expect(await statuses('ann', 6)).toEqual([200, 200, 200, 200, 200, 429]);
    const answer = await list('ann');
    expect(refusal(answer)).toBe('rate-limited');
    expect(answer.body.error.retryAfterMs).toBeGreaterThan(50_000);
    expect(Number(answer.headers.get('retry-after'))).toBe(Math.ceil(answer.body.error.retryAfterMs / 1000));
    expect((await list('ben')).status).toBe(200);
  });

  it('[L1] of programs that report are not counted', async () => {
    expect(await statuses('reporter', 8)).toEqual(Array.from({ length: 8 }, () => 200));
  });

  it('[L1, G11] without a session are bounded for each address, and then nothing from there is looked at', async () => {
    expect(await statuses('garbage', 7)).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect(refusal(await list('admin'))).toBe('rate-limited');
  });
});

describeWithRedis('requests over HTTP to two nodes', () => {
  it('[L1] are counted together, and by each node alone while their Redis is away', async () => {
    const redis = await RedisServer.start();
    const gateway = { limits: { requestsPerMinute: 6 }, nodes: { redis: redis.url } };
    const nodes = [await JobsApp.start({ gateway }), await JobsApp.start({ gateway })];
    const asked = async (rounds: number) => {
      const statuses: number[] = [];
      for (let round = 0; round < rounds; round++) for (const node of nodes) statuses.push((await node.call('GET', '/api/jobs')).status);
      return statuses;
    };
    const areShared = () => nodes.every(({ app }) => app.get(RequestLimit).isShared);
    while (!areShared()) await new Promise((resolve) => setTimeout(resolve, 5));
    const statuses = await asked(5);
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(7);
    expect(statuses.at(-1)).toBe(429);
    await redis.kill();
    expect((await nodes[0]?.call('GET', '/api/jobs', { as: 'admin' }))?.status).toBe(200);
    await Promise.all(nodes.map((node) => node.stop()));
    await redis.remove();
  });
});
