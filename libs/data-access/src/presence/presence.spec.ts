import { createEnvironmentInjector, EnvironmentInjector, runInInjectionContext, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { HarmoniaConnection } from '../connection/harmonia-connection';
import { anOnlineUser } from '../connection/socket.fixture';
import { aHost, settle } from '../harmonia.fixture';
import { injectJob } from '../jobs/inject-job';
import { aFrame, aJob } from '../jobs/job.fixture';
import { JobsActions } from '../jobs/jobs.actions';
import { injectJobViewers } from './inject-job-viewers';
import { injectOnlineUsers } from './inject-online-users';
import { selectIsOnline, selectOnlineCount, selectOnlineUsers, selectViewerCount, selectViewersOf } from './presence.selectors';

/** A view: an injection context that can be destroyed. */
function aView<Ref>(make: () => Ref) {
  const injector = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
  return { ref: runInInjectionContext(injector, make), leave: () => injector.destroy() };
}

/** A connected host that has views, once they are declared. */
async function setUp<Ref>(make: () => Ref, token: () => string = () => 'token-1') {
  const host = aHost(token);
  const view = aView(make);
  await settle();
  host.socket.accept();
  const declare = async () => {
    await settle();
    const { declared, answer } = await host.socket.request();
    answer({ jobs: Object.keys(declared.jobs).map((id) => aJob({ id })) });
    await settle();
    return Object.keys(declared.jobs);
  };
  const asked = () => host.socket.presence.map(({ verb, jobId }) => (jobId === null ? verb : `${verb} ${jobId}`));
  const answer = (...userIds: string[]) => host.socket.presence.shift()?.answer(...userIds);
  const tell = (jobId: string, ...userIds: string[]) =>
    host.socket.say({ kind: 'viewers', viewers: { jobId, viewers: userIds.map(anOnlineUser), count: userIds.length } });
  const reconnect = async () => {
    host.socket.end('cut-off');
    TestBed.inject(HarmoniaConnection).retry();
    await settle();
    host.socket.accept();
  };
  return { ...host, ...view, declare, asked, answer, tell, reconnect };
}

describe('injectJobViewers', () => {
  it('[P2] asks once the job is watched, and shows who watches it, whoever of them this is', async () => {
    const { socket, ref, declare, asked, answer, tell } = await setUp(() => injectJobViewers('job-1'));
    expect(asked()).toEqual([]);
    expect(await declare()).toEqual(['job-1']);
    expect(asked()).toEqual(['watch job-1']);
    answer('ada');
    expect(ref.viewers()).toEqual([{ ...anOnlineUser('ada'), isYou: true }]);
    tell('job-1', 'ada', 'grace');
    expect(ref.viewers().map(({ userId, isYou }) => [userId, isYou])).toEqual([
      ['ada', true],
      ['grace', false],
    ]);
    socket.say({ kind: 'viewers', viewers: { jobId: 'job-1', viewers: [anOnlineUser('grace')], count: 60 } });
    expect([ref.viewers().length, ref.count()]).toEqual([1, 60]);
  });

  it('[C5] shares one watch with other views of the job; the last to leave ends it', async () => {
    const { declare, asked, answer, leave, presence, socket } = await setUp(() => [injectJobViewers('job-1'), injectJobViewers('job-1')]);
    const page = aView(() => injectJob('job-1'));
    await declare();
    expect(asked()).toEqual(['watch job-1']);
    answer('ada', 'grace');
    leave();
    expect(await declare()).toEqual(['job-1']);
    expect(asked()).toEqual(['unwatch job-1']);
    expect(presence().jobs).toEqual({});
    page.leave();
    await settle();
    expect((await socket.request()).declared.jobs).toEqual({});
  });

  it('[P2] sends nothing about a job that is no longer watched: the sync says it', async () => {
    const { declare, asked, answer, leave, presence } = await setUp(() => injectJobViewers('job-1'));
    await declare();
    answer('ada');
    leave();
    expect(await declare()).toEqual([]);
    expect([asked(), presence().jobs]).toEqual([[], {}]);
  });

  it('[P2] follows its id, and leaves aside what still comes of the other', async () => {
    const id = signal('job-1');
    const { ref, declare, asked, answer, tell, presence } = await setUp(() => injectJobViewers(id));
    await declare();
    answer('ada', 'grace');
    id.set('job-2');
    await settle();
    expect(ref.viewers()).toEqual([]);
    await declare();
    expect(asked()).toEqual(['watch job-2']);
    tell('job-1', 'ada', 'grace');
    expect(Object.keys(presence().jobs)).toEqual([]);
    answer('ada');
    expect(Object.keys(presence().jobs)).toEqual(['job-2']);
  });

  it('[P2] asks anew after every connect, and shows nobody until then', async () => {
    const { ref, declare, asked, answer, socket, reconnect } = await setUp(() => injectJobViewers('job-1'));
    await declare();
    answer('ada', 'grace');
    socket.end('cut-off');
    expect([ref.viewers(), ref.count()]).toEqual([[], 0]);
    await reconnect();
    await declare();
    expect(asked()).toEqual(['watch job-1']);
    answer('ada', 'grace');
    expect(ref.count()).toBe(2);
  });

  it('[S7] shows nobody on a job that is gone, and asks again when it is there again', async () => {
    const { ref, declare, answer, asked, store } = await setUp(() => injectJobViewers('job-1'));
    await declare();
    answer('ada', 'grace');
    store.dispatch(JobsActions.jobsReceived(aFrame([], { removed: [{ id: 'job-1', version: 2 }] })));
    expect(ref.count()).toBe(0);
    aView(() => injectJob('job-2'));
    await declare();
    expect(asked()).toEqual(['watch job-1']);
  });

  it('[S4] keeps silent about a job that is not there, and tries again what failed for now', async () => {
    const { ref, declare, socket, asked, answer, connection } = await setUp(() => injectJobViewers('job-1'));
    await declare();
    socket.presence.shift()?.refuse('job-not-found');
    await settle();
    expect([asked(), ref.count(), connection().phase]).toEqual([[], 0, 'live']);
    aView(() => injectJob('job-2'));
    await declare();
    jest.useFakeTimers();
    socket.presence.shift()?.refuse('unavailable');
    jest.advanceTimersByTime(5_000);
    jest.useRealTimers();
    expect(asked()).toEqual(['watch job-1']);
    answer('ada');
    expect(ref.count()).toBe(1);
  });

  it('asks nothing for what is no id', async () => {
    const { declare, asked } = await setUp(() => injectJobViewers('../passwd'));
    expect(await declare()).toEqual([]);
    expect(asked()).toEqual([]);
  });
});

describe('injectOnlineUsers', () => {
  const frame = (online: readonly string[], offline: readonly string[], count: number) =>
    ({ kind: 'online', frame: { at: '2026-03-01T10:00:00.000Z', online: online.map(anOnlineUser), offline, count } }) as const;
  const idsOf = (users: readonly { readonly userId: string }[]) => users.map(({ userId }) => userId);

  it('[P3] shows who is online, who comes and who goes', async () => {
    const { ref, declare, asked, answer, socket, leave, presence } = await setUp(() => injectOnlineUsers());
    await declare();
    expect([asked(), ref.loaded()]).toEqual([['watch:all'], false]);
    answer('ada', 'grace');
    expect([idsOf(ref.users()), ref.count(), ref.loaded()]).toEqual([['ada', 'grace'], 2, true]);
    socket.say(frame(['ben', 'ada'], ['grace'], 2));
    expect([idsOf(ref.users()), ref.count()]).toEqual([['ben', 'ada'], 2]);
    leave();
    await declare();
    expect([asked(), presence().online]).toEqual([['unwatch:all'], null]);
    socket.say(frame(['cy'], [], 3));
    expect(presence().online).toBeNull();
  });

  it('[P3] says why it is not told', async () => {
    const { ref, declare, socket } = await setUp(() => injectOnlineUsers());
    await declare();
    socket.presence.shift()?.refuse('forbidden');
    expect([ref.refusal()?.code, ref.loaded(), ref.users()]).toEqual(['forbidden', false, []]);
  });

  it('forgets who was online with the connection', async () => {
    const { ref, declare, answer, socket } = await setUp(() => injectOnlineUsers());
    await declare();
    answer('ada');
    socket.end('cut-off');
    expect([ref.loaded(), ref.count()]).toEqual([false, 0]);
  });

  it('[C8] forgets it with the token of another user, before their connection is made', async () => {
    const token = signal('adas');
    const { ref, declare, answer, socket } = await setUp(() => injectOnlineUsers(), token);
    await declare();
    answer('ada', 'ben');
    token.set('graces');
    await settle();
    socket.renewals.shift()?.refuse('token-invalid');
    await settle();
    expect([socket.tokens, ref.loaded(), ref.users()]).toEqual([['adas', 'graces'], false, []]);
  });
});

describe('selectors of presence', () => {
  it('[P2, P3] tell who watches, who is online, and how many', async () => {
    const { declare, answer, store } = await setUp(() => [injectJobViewers('job-1'), injectOnlineUsers()]);
    await declare();
    answer('ada', 'ben');
    const read = <Value>(selector: (state: object) => Value) => store.selectSignal(selector)();
    expect(['ada', 'grace', 'ben', '__proto__'].map((id) => read(selectIsOnline(id)))).toEqual([true, false, true, false]);
    answer('ada', 'grace');
    expect(read(selectViewersOf('job-1')).map(({ userId }) => userId)).toEqual(['ada', 'grace']);
    expect([read(selectViewerCount('job-1')), read(selectViewerCount('job-2')), read(selectViewersOf('job-2'))]).toEqual([2, 0, []]);
    expect([read(selectOnlineUsers).length, read(selectOnlineCount), read(selectIsOnline('grace'))]).toEqual([2, 2, true]);
  });

  it('keep their answers while only other jobs change', async () => {
    const { declare, answer, tell, store } = await setUp(() => [injectJobViewers('job-1'), injectJobViewers('job-2')]);
    await declare();
    answer('ada');
    answer('ada');
    const viewers = store.selectSignal(selectViewersOf('job-1'));
    const before = viewers();
    tell('job-2', 'ada', 'grace');
    expect(viewers()).toBe(before);
  });
});
