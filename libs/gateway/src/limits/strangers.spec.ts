import { SocketApp, tokenOf } from '../socket-app.suite.js';
import { frame, PING, RawClient, TEXT } from './raw-client.suite.js';
import { Strangers } from './strangers.js';

/** Waits for what nobody announces. */
async function until(condition: () => boolean, ms = 4000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('What was waited for did not happen.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('connections that nobody has signed in on', () => {
  let app: SocketApp;
  const opened: RawClient[] = [];
  const upgraded = async (headers = {}) => {
    const client = await RawClient.upgraded(app.url, headers);
    opened.push(client);
    return client;
  };
  const strangers = () => app.app.get(Strangers).count;
  beforeAll(async () => {
    app = await SocketApp.start({ gateway: { limits: { unauthenticatedPerAddress: 5 } } });
  });
  afterEach(async () => {
    opened.splice(0).forEach((client) => client.end());
    await until(() => strangers() === 0);
  });
  afterAll(() => app.stop());

  it('[L1, G10] are few for each address, and those who sign in make room', async () => {
    for (let count = 0; count < 5; count++) expect((await upgraded()).text).toContain('101 Switching');
    const sixth = await upgraded();
    expect(sixth.text).toContain('rate-limited: ');
    await sixth.closed();
    const polling = await fetch(`${app.url}/socket.io/?EIO=4&transport=polling`);
    expect([polling.status, await polling.text()]).toEqual([403, expect.stringContaining('rate-limited')]);
    await opened[0]?.send(TEXT, `40{"token":"${tokenOf('ann')}"}`);
    await until(() => opened[0]?.text.includes('authenticated') ?? false);
    expect((await upgraded()).text).toContain('101 Switching');
  });

  it('[L1] are as few when they all come at once', async () => {
    const clients = await Promise.all(Array.from({ length: 20 }, () => upgraded()));
    await until(() => clients.filter(({ isOpen }) => isOpen).length <= 5);
    expect(strangers()).toBeLessThanOrEqual(5);
  });

  it.each([
    ['nothing', 10_000],
    // ws itself ends who sends more than it can answer at once, but not who reads every answer
    ['all', 5],
  ])('[G10] are cut off when they flood the server with pings and read %s, and others are answered meanwhile', async (reads, atOnce) => {
    const ann = await app.connected(tokenOf('ann'));
    const flood = await upgraded();
    if (reads === 'nothing') flood.tcp.pause();
    const pings = Buffer.alloc(6 * atOnce, Buffer.from([0x80 | PING, 0x80, 0, 0, 0, 0]));
    const before = process.memoryUsage().rss;
    for (let sent = 0; sent < 500 && strangers() > 0; sent++) await flood.write(pings).then(() => new Promise(setImmediate));
    await until(() => strangers() === 0, 3000);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
    expect(await ann.ask('job:unsubscribe', { jobId: 'any' })).toMatchObject({ ok: true });
  });

  it('[L1] are cut off when they try one token after the other', async () => {
    const guess = await upgraded();
    await guess.write(Buffer.concat(Array.from({ length: 300 }, () => frame(TEXT, '40{"token":"garbage"}'))));
    await until(() => !guess.isOpen, 3000);
    expect(guess.text.split('44{').length - 1).toBeLessThanOrEqual(10);
    expect(strangers()).toBe(0);
  });

  /** Signs in on a connection so many times, and out again between them. */
  const signIn = async (member: RawClient, times: number, asking = Buffer.alloc(0)) => {
    for (let time = 1; time <= times && member.isOpen; time++) {
      await member.send(TEXT, `40{"token":"${tokenOf('ann')}"}`);
      await until(() => !member.isOpen || member.text.split('authenticated').length > time);
      await member.write(asking);
      if (time < times) await member.send(TEXT, '41');
      await until(() => !member.isOpen || time === times || strangers() === 1);
    }
  };

  it('[L1] are cut off when they sign in and out without end', async () => {
    const member = await upgraded();
    await signIn(member, 100);
    expect(member.isOpen).toBe(false);
    expect(member.text.split('authenticated').length - 1).toBeLessThan(20);
  });

  it('[L1] may ask no more because they signed in anew', async () => {
    const member = await upgraded();
    await signIn(member, 4, Buffer.concat(Array.from({ length: 30 }, () => frame(TEXT, '421["job:unsubscribe",{"jobId":"any"}]'))));
    await until(() => member.text.includes('rate-limited'));
    expect(member.text.split('"ok":true').length - 1).toBeLessThan(60);
  });

  it('[L1] leave nothing on the connection that they have left', async () => {
    const member = await upgraded();
    await signIn(member, 5);
    const socket = [...(app.gateway.server?.sockets.values() ?? [])].at(-1);
    expect(['packetCreate', 'flush'].map((event) => socket?.conn.listenerCount(event))).toEqual([1, 1]);
  });

  it('[L1] are cut off when they flood it with packets', async () => {
    const flood = await upgraded();
    const packets = Buffer.concat(Array.from({ length: 30_000 }, () => frame(TEXT, '3')));
    await flood.write(packets);
    await until(() => !flood.isOpen, 3000);
    expect(strangers()).toBe(0);
  });
});

it('[G10] connections without a session are closed after their time, whatever they say, also when the session has left', async () => {
  const app = await SocketApp.start({ gateway: { limits: { unauthenticatedMs: 800 } } });
  const began = performance.now();
  const [silent, refused, left, member] = [
    await RawClient.upgraded(app.url),
    await RawClient.upgraded(app.url),
    await RawClient.upgraded(app.url),
    await RawClient.upgraded(app.url),
  ];
  await refused.send(TEXT, '40{"token":"garbage"}');
  for (const client of [left, member]) await client.send(TEXT, `40{"token":"${tokenOf('ann')}"}`);
  await until(() => left.text.includes('authenticated'));
  await left.send(TEXT, '41');
  await Promise.all([silent, refused, left].map((client) => client.closed()));
  expect(performance.now() - began).toBeGreaterThan(700);
  expect(performance.now() - began).toBeLessThan(3000);
  expect(member.isOpen).toBe(true);
  expect(app.app.get(Strangers).count).toBe(0);
  member.end();
  await app.stop();
});
