import { describeWithRedis, RedisCluster } from '@harmonia/test-processes';
import { Cluster } from 'ioredis';
import assert from 'node:assert/strict';
import { Rig } from './testing/rig.fixture.js';

const DEADLINE = 60_000;

describeWithRedis('BullMQ in a Redis Cluster [F4]', () => {
  let rig: Rig;
  let cluster: Cluster;

  beforeAll(async () => {
    const { urls, nodes } = await RedisCluster.start(1);
    const [redis] = nodes;
    assert(redis);
    cluster = new Cluster(urls, { redisOptions: { maxRetriesPerRequest: null } });
    rig = await Rig.start(redis, { connection: cluster });
  }, DEADLINE);
  afterAll(async () => {
    await rig.stop();
    cluster.disconnect();
  });

  it(
    'touches keys of one slot at a time, and runs jobs as ever',
    async () => {
      const { id } = await rig.create('flaky', 1);
      await rig.work();
      expect(await rig.ended(id)).toMatchObject({ status: 'completed', attempt: 1 });
      expect(rig.redis.command('CLUSTER', 'INFO')).toContain('cluster_state:ok\r');
    },
    DEADLINE,
  );
});
