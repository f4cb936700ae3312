import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { randomUUID } from 'node:crypto';
import { delayedJobStore } from './delayed-job-store.suite.js';
import { describeJobStore } from './job-store.suite.js';
import { RedisJobStore } from './redis-job-store.js';

const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
afterAll(() => warnings.mockRestore());

describeWithRedis('The store of many nodes', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.remove());

  const openEmpty = () => RedisJobStore.open({ url: server.url, prefix: randomUUID() });

  describeJobStore('RedisJobStore', openEmpty);
  describeJobStore('RedisJobStore behind delays', () => delayedJobStore(openEmpty(), 20261121));
});
