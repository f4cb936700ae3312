import { TestBed } from '@angular/core/testing';
import { HarmoniaConnection } from '../connection/harmonia-connection';
import { aHost, settle } from '../harmonia.fixture';
import { injectNotifications } from './inject-notifications';
import { MessagesActions } from './messages.actions';
import type { ReceivedNotification } from './received-notification';

const told = (id: string, changes: Partial<ReceivedNotification> = {}): ReceivedNotification => ({
  ...{ id, title: null, message: 'The export is ready.', level: 'success', at: '2026-03-01T10:00:00.000Z' },
  ...{ audience: 'notification', ...changes },
});

async function setUp() {
  const host = aHost();
  const ref = TestBed.runInInjectionContext(() => injectNotifications());
  await settle();
  host.socket.accept();
  const say = (...args: Parameters<typeof told>) => host.socket.say({ kind: 'notification', notification: told(...args) });
  const reconnect = async (id = 'ada') => {
    host.socket.end('cut-off');
    TestBed.inject(HarmoniaConnection).retry();
    await settle();
    host.socket.accept({ id });
  };
  const ids = () => ref.notifications().map((one) => one.id);
  return { ...host, ref, say, reconnect, ids };
}

describe('injectNotifications', () => {
  it('[M2] shows what was said, the newest first, until it is dismissed', async () => {
    const { ref, say, ids, actions } = await setUp();
    say('a');
    say('b', { audience: 'announcement', title: 'Tonight', level: 'warning' });
    expect(ref.notifications()).toEqual([told('b', { audience: 'announcement', title: 'Tonight', level: 'warning' }), told('a')]);
    const types = actions.map(({ type }) => type);
    expect(types.slice(-2)).toEqual([MessagesActions.notificationReceived.type, MessagesActions.announcementReceived.type]);
    ref.dismiss('b');
    expect(ids()).toEqual(['a']);
  });

  it('[M2] drops what has been seen: said twice, dismissed, or said again after a reconnect', async () => {
    const { ref, say, ids, reconnect, actions } = await setUp();
    say('a');
    say('a', { audience: 'announcement' });
    expect(ids()).toEqual(['a']);
    ref.dismiss('a');
    say('a');
    await reconnect();
    say('a');
    say('b');
    expect(ids()).toEqual(['b']);
    expect(actions.filter(({ type }) => type === MessagesActions.notificationReceived.type)).toHaveLength(2);
  });

  it('keeps what was not dismissed over a lost connection, and leaves nothing of it to another user', async () => {
    const { say, ids, reconnect } = await setUp();
    say('a');
    await reconnect();
    expect(ids()).toEqual(['a']);
    await reconnect('grace');
    expect(ids()).toEqual([]);
    say('a');
    expect(ids()).toEqual(['a']);
  });

  it('is bounded: the newest 50 are kept, the last 1,000 ids remembered', async () => {
    const { say, ids } = await setUp();
    for (let index = 0; index <= 1_000; index++) say(`m-${index}`);
    expect([ids().length, ids()[0]]).toEqual([50, 'm-1000']);
    say('m-1');
    expect(ids()[0]).toBe('m-1000');
    say('m-0');
    expect(ids()[0]).toBe('m-0');
  });
});
