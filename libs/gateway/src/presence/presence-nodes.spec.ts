import { RedisJobStore } from '@harmonia/job-engine';
import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { Logger } from '@nestjs/common';
import { NodeWire } from '../nodes/node-wire.suite.js';
import { adminToken, SocketApp, tokenOf, type Client } from '../socket-app.suite.js';
import { Presence } from './presence.js';

const BEAT = 100;

/** Looks again until it is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

describeWithRedis('presence on two nodes', () => {
  let redis: RedisServer;
  let wire: NodeWire;
  let one: SocketApp;
  let two: SocketApp;
  const start = (bus: string) =>
    SocketApp.start({
      jobs: { store: () => RedisJobStore.open({ url: redis.url, onTrouble: () => undefined }) },
      gateway: { nodes: { redis: bus }, presence: { graceMs: 100, beatMs: BEAT } },
    });
  beforeEach(async () => {
    Logger.overrideLogger(false);
    redis = await RedisServer.start();
    wire = await NodeWire.start(redis.url);
    [one, two] = await Promise.all([start(redis.url), start(wire.url)]);
  });
  afterEach(async () => {
    await Promise.all([one.stop(), two.stop()]);
    await wire.close();
    await redis.remove();
    Logger.overrideLogger(new Logger());
  });
  const online = (app: SocketApp) =>
    app.app
      .get(Presence)
      .getOnlineUsers()
      .map(({ userId }) => userId)
      .sort()
      .join();
  const both = (users: string) => until(() => online(one) === users && online(two) === users);
  const taking = async (app: SocketApp, userId: string, jobId = 'job-1') => {
    const client = await app.connected(tokenOf(userId));
    await client.ask('job:subscribe', { jobId });
    return { client, answer: await client.ask('presence:watch', { jobId }) };
  };

  it('[P1, P2] is of all of them: viewers, users and counts', async () => {
    await one.job('ann', 'job-1');
    const ann = await taking(one, 'ann');
    const root = await two.connected(adminToken('root'));
    await both('ann,root');
    await root.ask('job:subscribe', { jobId: 'job-1' });
    const answer = await root.ask('presence:watch', { jobId: 'job-1' });
    expect(answer.data).toMatchObject({ count: 2, viewers: [{ userId: 'ann' }, { userId: 'root' }] });
    expect(await ann.client.next('job:viewers', ({ count }) => count === 2)).toMatchObject({ jobId: 'job-1' });
    const tab = await two.connected(tokenOf('ann'));
    await until(() => one.app.get(Presence).connectedUsers().connections === 3);
    expect(one.app.get(Presence).connectedUsers()).toMatchObject({ count: 2, connections: 3, nodes: 2 });
    ann.client.socket.disconnect();
    await root.next('job:viewers', ({ count }) => count === 1);
    expect(online(two)).toBe('ann,root');
    tab.socket.disconnect();
    await both('root');
  });

  it('[G17] forgets those of a node that falls silent, and nobody else', async () => {
    const root = await one.connected(adminToken('root'), { protocol: 1 });
    await root.ask('presence:watch:all');
    await Promise.all(['ann', 'ben'].map((user) => two.connected(tokenOf(user))));
    await one.connected(tokenOf('ben'));
    await both('ann,ben,root');
    const silence = performance.now();
    await wire.close();
    await root.next('presence:frame', ({ offline }) => offline.includes('ann'));
    // three beats, and at most one until it is noticed
    expect(performance.now() - silence).toBeLessThan(4 * BEAT + 1000);
    expect(online(one)).toBe('ben,root');
    expect(online(two)).toBe('ann,ben');
  });

  it('[P1] keeps for the grace who was on a node that stops, since they come back to another', async () => {
    const root = await one.connected(adminToken('root'));
    await root.ask('presence:watch:all');
    await Promise.all(['ann', 'ben'].map((user) => two.connected(tokenOf(user))));
    await both('ann,ben,root');
    await two.stop();
    await one.connected(tokenOf('ann'));
    await root.next('user:offline', ({ userId }) => userId === 'ben');
    expect(online(one)).toBe('ann,root');
    expect(root.received.filter(({ name }) => name === 'user:offline').map(({ payload }) => payload.userId)).toEqual(['ben']);
  });

  it('[P4] heals what was lost on the way', async () => {
    await both('');
    wire.cut();
    // nobody can say anything now
    await Promise.all(['ann', 'ben'].map((user) => two.connected(tokenOf(user))));
    await one.connected(tokenOf('cy'));
    await both('ann,ben,cy');
  });

  it('[P4, G13] tells of its own while Redis is away, and of all when it is back', async () => {
    const root = await one.connected(adminToken('root'));
    await root.ask('presence:watch:all');
    await two.connected(tokenOf('ann'));
    await both('ann,root');
    await redis.kill();
    await root.next('user:offline', ({ userId }) => userId === 'ann');
    const ben = await one.connected(tokenOf('ben'));
    await root.next('user:online', ({ userId }) => userId === 'ben');
    root.clear();
    await redis.start();
    await root.next('user:online', ({ userId }) => userId === 'ann');
    await both('ann,ben,root');
    ben.socket.disconnect();
    await both('ann,root');
  });

  it('[G17] says nothing of anybody to a stranger, in no frame on the wire', async () => {
    await one.job('ann', 'job-1');
    const strangers = await Promise.all([one, two].map((app) => app.connected(tokenOf('stranger'))));
    const frames = strangers.flatMap((client) => framesOf(client));
    await Promise.all([taking(one, 'ann'), taking(one, 'ann')]);
    const root = await two.connected(adminToken('root'));
    await root.ask('job:subscribe', { jobId: 'job-1' });
    await root.ask('presence:watch', { jobId: 'job-1' });
    for (const stranger of strangers) {
      await stranger.ask('job:subscribe', { jobId: 'job-1' });
      expect(await stranger.ask('presence:watch', { jobId: 'job-1' })).toMatchObject({ error: { code: 'job-not-found' } });
      expect(await stranger.ask('presence:watch:all')).toMatchObject({ error: { code: 'forbidden' } });
      await stranger.ask('jobs:sync', { epoch: null, jobs: { 'job-1': 0 }, user: null });
      expect(await stranger.ask('presence:watch', { jobId: 'job-1' })).toMatchObject({ error: { code: 'job-not-found' } });
    }
    root.socket.disconnect();
    await both('ann,stranger');
    await Promise.all(strangers.map((stranger) => stranger.settled()));
    const said = frames.flat();
    expect(said.length).toBeGreaterThan(10);
    expect(said.filter((frame) => /ann|root|job:viewers|presence|user:o/.test(frame.replace(/presence:(un)?watch/g, '')))).toEqual([]);
  });
});

/** Every text that a client gets from now on, as it is on the wire. */
function framesOf({ socket }: Client): string[][] {
  const frames: string[] = [];
  socket.io.engine.on('packet', ({ data }) => frames.push(String(data)));
  return [frames];
}
