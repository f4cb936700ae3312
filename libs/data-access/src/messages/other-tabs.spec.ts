import { PLATFORM_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { aHost, settle } from '../harmonia.fixture';
import { MessagesActions } from './messages.actions';

/** What every browser has and jsdom lacks, without delay; one more of the same name is another tab. */
class Channel {
  static readonly open = new Set<Channel>();
  readonly heard: unknown[] = [];
  onmessage: (event: { readonly data: unknown }) => void = ({ data }) => this.heard.push(data);

  constructor(readonly name: string) {
    Channel.open.add(this);
  }

  postMessage(data: unknown): void {
    for (const other of Channel.open) if (other !== this && other.name === this.name) other.onmessage({ data });
  }

  close(): void {
    Channel.open.delete(this);
  }
}

const told = (id: string) =>
  ({
    kind: 'notification',
    notification: { id, title: null, message: 'Ready.', level: 'info', at: '2026-03-01T10:00:00.000Z', audience: 'notification' },
  }) as const;

describe('other tabs', () => {
  let tab: Channel;
  beforeEach(() => {
    Object.assign(globalThis, { BroadcastChannel: Channel });
    tab = new Channel('harmonia:read');
  });
  afterEach(() => {
    tab.close();
    Reflect.deleteProperty(globalThis, 'BroadcastChannel');
  });

  async function setUp() {
    const host = aHost();
    await settle();
    host.socket.accept({ id: 'ada' });
    return { ...host, ids: () => host.messages().notifications.map(({ id }) => id) };
  }

  it('[M2] are told what was read here: its id, and nothing of what it said', async () => {
    const { socket, store } = await setUp();
    socket.say(told('a'));
    store.dispatch(MessagesActions.notificationDismissed({ id: 'a' }));
    expect(tab.heard).toEqual([{ userId: 'ada', id: 'a' }]);
  });

  it('[M2] tell what was read there, of this user alone, also before it arrives here; that is not told on', async () => {
    const { socket, ids } = await setUp();
    for (const id of ['a', 'b', 'c']) socket.say(told(id));
    for (const sent of [null, { id: 'c' }, { userId: 'grace', id: 'c' }]) tab.postMessage(sent);
    expect(ids()).toEqual(['c', 'b', 'a']);
    for (const id of ['later', 'b', 'a']) tab.postMessage({ userId: 'ada', id });
    socket.say(told('later'));
    expect([ids(), tab.heard]).toEqual([['c'], []]);
  });

  it('are left when the application ends, and not asked for in server-side rendering', async () => {
    await setUp();
    expect(Channel.open.size).toBe(2);
    TestBed.resetTestingModule();
    expect(Channel.open.size).toBe(1);
    aHost(() => 'token-1', [{ provide: PLATFORM_ID, useValue: 'server' }]);
    await settle();
    expect(Channel.open.size).toBe(1);
  });
});
