import { RefusalError, type ServerToClientEvents, type UserEventName } from '@harmonia/contract';
import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { Logger } from '@nestjs/common';
import { KeptJobs } from '../jobs/kept-jobs.js';
import { Watchers } from '../jobs/watchers.js';
import { NodeWire } from '../nodes/node-wire.suite.js';
import { Presence } from '../presence/presence.js';
import { SocketApp, tokenOf } from '../socket-app.suite.js';
import { UserMessages } from './user-messages.js';

/** The example of the README: the events of an application that analyses interviews. */
interface Analysis {
  readonly interviewId: string;
  readonly message: string;
  readonly status?: 'success' | 'error';
}

declare module '@harmonia/contract' {
  interface UserEvents {
    'analysis:started': Analysis;
    'analysis:completed': Analysis;
    'analysis:failed': Analysis;
  }
}

const TIME = expect.stringMatching(/^\d{4}-.*Z$/);
const namesOf = (received: readonly { readonly name: string }[]) => received.map(({ name }) => name);
const messagesOf = (app: SocketApp) => app.app.get(UserMessages);
const refusalOf = (error: unknown) => (error instanceof RefusalError ? error.code : error);

describe('messages to people', () => {
  let app: SocketApp;
  beforeEach(async () => {
    app = await SocketApp.start();
  });
  afterEach(() => app.stop());
  const messages = () => messagesOf(app);

  it('[M1] tells every connection of a user, and nobody else, an event of the application', async () => {
    const tabs = [await app.connected(tokenOf('ann')), await app.connected(tokenOf('ann'), { protocol: 1 })];
    const ben = await app.connected(tokenOf('ben'));
    const analysis = { interviewId: 'i-1', message: 'Analysis completed!', status: 'success' } as const;
    for (const event of ['analysis:started', 'analysis:completed', 'analysis:failed'] as const) {
      expect(await messages().emitToUser('ann', event, analysis)).toBe(true);
      for (const tab of tabs) expect(await tab.next(event)).toEqual({ ...analysis, timestamp: TIME });
    }
    await ben.settled();
    expect(namesOf(ben.received)).toEqual(['connect', 'authenticated']);
  });

  it('[M1] says whether anybody was there', async () => {
    expect(await messages().emitToUser('ann', 'analysis:started', { interviewId: 'i', message: '' })).toBe(false);
    const ann = await app.connected(tokenOf('ann'));
    expect(await messages().emitToUser('ann', 'analysis:started', { interviewId: 'i', message: '' })).toBe(true);
    ann.socket.disconnect();
    // whoever has just gone still counts as online, but hears nothing
    while (app.app.get(Presence).connectedUsers().connections > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(app.app.get(Presence).isUserOnline('ann')).toBe(true);
    expect(await messages().emitToUser('ann', 'analysis:started', { interviewId: 'i', message: '' })).toBe(false);
  });

  it('[M1] lets nobody forge an event of the protocol', async () => {
    const ann = await app.connected(tokenOf('ann'));
    const protocol: Record<Exclude<keyof ServerToClientEvents, UserEventName>, true> = {
      ...{
        authenticated: true,
        exception: true,
        'session:expiring': true,
        'session:closing': true,
        'session:mark': true,
        'session:lagged': true,
      },
      ...{ 'job:created': true, 'job:status': true, 'job:progress': true, 'job:completed': true, 'job:failed': true, 'job:removed': true },
      ...{ 'jobs:frame': true, 'job:viewers': true, 'user:online': true, 'user:offline': true, 'presence:frame': true },
      ...{ notification: true, announcement: true },
    };
    const sockets = ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener', 'error'];
    for (const name of [...Object.keys(protocol), ...sockets, 'job:anything', '', 'a b', 'é', 'a'.repeat(65), ':x']) {
      const told = messages().emitToUser('ann', name as 'analysis:started', { interviewId: 'i', message: '' });
      await expect(told.catch(refusalOf)).resolves.toBe('payload-invalid');
    }
    await ann.settled();
    expect(namesOf(ann.received)).toEqual(['connect', 'authenticated']);
  });

  it('[M1] takes objects that JSON can hold, up to 16 KB', async () => {
    const ann = await app.connected(tokenOf('ann'));
    const told = (payload: unknown) =>
      messages()
        .emitToUser('ann', 'analysis:failed', payload as Analysis)
        .catch(refusalOf);
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    for (const payload of [null, undefined, 'text', 3, [1], () => 1, { big: 1n }, circle])
      expect(await told(payload)).toBe('payload-invalid');
    expect(await told({ text: 'é'.repeat(8192) })).toBe('payload-too-large');
    expect(await told({ text: 'é'.repeat(8150), at: new Date(0), timestamp: 'forged' })).toBe(true);
    expect(await ann.next('analysis:failed')).toEqual({ text: 'é'.repeat(8150), at: '1970-01-01T00:00:00.000Z', timestamp: TIME });
    expect(await messages().emitToUser('', 'analysis:failed', { interviewId: 'i', message: '' }).catch(refusalOf)).toBe('payload-invalid');
  });

  it('[M2] notifies one user and announces to everybody, by an id that may be given', async () => {
    const [ann, ben] = [await app.connected(tokenOf('ann')), await app.connected(tokenOf('ben'))];
    const { id, reached } = await messages().notify('ann', { message: 'Ready.', level: 'success' });
    expect(reached).toBe(true);
    expect(await ann.next('notification')).toEqual({ id, title: null, message: 'Ready.', level: 'success', at: TIME });
    expect(await messages().announce({ id: 'night-1', title: 'Tonight', message: 'We stop at 22:00.' })).toEqual({ id: 'night-1' });
    for (const client of [ann, ben]) {
      expect(await client.next('announcement')).toEqual({
        ...{ id: 'night-1', title: 'Tonight', message: 'We stop at 22:00.', level: 'info' },
        at: TIME,
      });
    }
    expect(namesOf(ben.received)).not.toContain('notification');
    await expect(messages().notify('ann', { message: '' }).catch(refusalOf)).resolves.toBe('payload-invalid');
  });

  it('[M3, L2] does not wait for a socket that is slow, which counts as absent', async () => {
    const [ann, ben] = [await app.connected(tokenOf('ann')), await app.connected(tokenOf('ben'))];
    const watchers = app.app.get(Watchers);
    const slow = watchers.all.find(({ session }) => session.userId === 'ann');
    if (slow) watchers.keep(slow, new KeptJobs());
    expect(await messages().notify('ann', { message: 'Ready.' })).toMatchObject({ reached: false });
    await messages().announce({ message: 'To all.' });
    await ben.next('announcement');
    await ann.settled();
    expect(namesOf(ann.received)).toEqual(['connect', 'authenticated']);
  });
});

describeWithRedis('messages to people on two nodes', () => {
  let redis: RedisServer;
  let wire: NodeWire;
  let nodes: SocketApp[] = [];
  beforeEach(async () => {
    Logger.overrideLogger(false);
    redis = await RedisServer.start();
    wire = await NodeWire.start(redis.url);
    const gateway = (bus: string) => ({ gateway: { nodes: { redis: bus }, presence: { beatMs: 100 } } });
    nodes = await Promise.all([
      SocketApp.start(gateway(redis.url)),
      SocketApp.start(gateway(wire.url)),
      SocketApp.start({ gateway: { ...gateway(redis.url).gateway, sockets: false } }),
    ]);
  });
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await wire.close();
    await redis.remove();
    Logger.overrideLogger(new Logger());
  });
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
  };
  const knows = (node: SocketApp | undefined, ...users: string[]) =>
    until(() => users.every((userId) => node?.app.get(Presence).isUserOnline(userId)));

  it('[M1, M2] reach people on whichever they are, also from one that serves no sockets', async () => {
    const [one, two, mute] = nodes;
    if (!one || !two || !mute) throw new Error('There are three nodes.');
    const clients = [await one.connected(tokenOf('ann')), await two.connected(tokenOf('ann')), await two.connected(tokenOf('ben'))];
    await Promise.all(nodes.map((node) => knows(node, 'ann', 'ben')));
    const [near, far, ben] = clients;
    expect(await messagesOf(one).emitToUser('ann', 'analysis:started', { interviewId: 'i-1', message: 'Go.' })).toBe(true);
    const [here, there] = await Promise.all([near?.next('analysis:started'), far?.next('analysis:started')]);
    expect(there).toEqual(here);
    expect(await messagesOf(mute).emitToUser('ben', 'analysis:started', { interviewId: 'i-2', message: 'Go.' })).toBe(true);
    expect(await ben?.next('analysis:started')).toMatchObject({ interviewId: 'i-2' });
    expect(await messagesOf(mute).emitToUser('cy', 'analysis:started', { interviewId: 'i-3', message: 'Go.' })).toBe(false);
    await messagesOf(mute).announce({ id: 'a-1', message: 'To all.' });
    await Promise.all(clients.map((client) => client.next('announcement', ({ id }) => id === 'a-1')));
    expect(ben && namesOf(ben.received).filter((name) => name === 'analysis:started')).toHaveLength(1);
  });

  it('[M3, P4] go on here while Redis is away, and say that nobody was reached there', async () => {
    const [one, two] = nodes;
    if (!one || !two) throw new Error('There are three nodes.');
    const ann = await one.connected(tokenOf('ann'));
    const ben = await two.connected(tokenOf('ben'));
    await knows(one, 'ben');
    await redis.kill();
    expect(await messagesOf(one).notify('ann', { message: 'Here.' })).toMatchObject({ reached: true });
    expect(await messagesOf(one).notify('ben', { message: 'Lost.' })).toMatchObject({ reached: false });
    await ann.next('notification');
    await redis.start();
    while (!namesOf(ben.received).includes('notification')) {
      await messagesOf(one).notify('ben', { id: 'again', message: 'There.' });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect((await ben.next('notification')).message).toBe('There.');
  });
});
