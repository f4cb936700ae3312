import { randomUUID } from 'node:crypto';
import { describeJobStore } from './job-store.suite.js';
import { RedisJobStore } from './redis-job-store.js';
import { RedisServer } from './redis-server.fixture.js';

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server.remove());

const openEmpty = () => RedisJobStore.open({ url: server.url, prefix: randomUUID() });

describeJobStore('RedisJobStore', openEmpty);
