import { createEnvironmentInjector, EnvironmentInjector, runInInjectionContext } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import {
  injectJob,
  injectJobs,
  injectJobViewers,
  injectNotifications,
  injectOnlineUsers,
  ofUserEvent,
  selectConnection,
  withToken,
  type HarmoniaFeature,
} from '@harmonia/data-access';
import { Actions, provideEffects } from '@ngrx/effects';
import { provideStore, Store } from '@ngrx/store';
import { aJob } from './a-job';
import { GatewayDouble } from './gateway-double';
import { provideHarmoniaTesting } from './provide-harmonia-testing';

declare module '@harmonia/contract' {
  interface UserEvents {
    'report:printed': { pages: number };
  }
}

const RUNNING = aJob({ status: 'processing', version: 2, progress: { current: 1, total: 4, percentage: 25, message: 'Page 1' } });

async function aView(...features: readonly HarmoniaFeature[]) {
  TestBed.configureTestingModule({ providers: [provideStore(), provideEffects(), provideHarmoniaTesting(...features)] });
  const gateway = TestBed.inject(GatewayDouble);
  const injector = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
  const view = runInInjectionContext(injector, () => ({ job: injectJob('job-1'), list: injectJobs() }));
  const connection = TestBed.inject(Store).selectSignal(selectConnection);
  return { gateway, ...view, frame: () => gateway.advanceFrame(), connection: () => connection().phase };
}

describe('GatewayDouble', () => {
  it('[S5] tells of what it knows, to whom it belongs', async () => {
    const { gateway, job, list, frame, connection } = await aView();
    gateway.knows(RUNNING, aJob({ id: 'job-2', userId: 'grace' }));
    await frame();
    expect(connection()).toBe('live');
    expect(job.progress()?.percentage).toBe(25);
    expect(list.jobs().map(({ id }) => id)).toEqual(['job-1']);
  });

  it('[C4] shows nothing before the frame is drawn', async () => {
    const { gateway, job, frame } = await aView();
    gateway.knows(RUNNING);
    await frame();
    gateway.deliver('job:progress', { ...RUNNING, version: 3, progress: { current: 2, total: 4, percentage: 50, message: 'Page 2' } });
    expect(job.progress()?.percentage).toBe(25);
    await frame();
    expect(job.progress()?.percentage).toBe(50);
  });

  it('[E4] tells of several jobs in one frame', async () => {
    const { gateway, job, list, frame } = await aView();
    gateway.knows(RUNNING, aJob({ id: 'job-2' }));
    await frame();
    gateway.tellFrame({ ...RUNNING, version: 3, progress: { current: 3, total: 4, percentage: 75, message: 'Page 3' } });
    gateway.tellFrame(aJob({ id: 'job-2', status: 'processing', version: 2 }), aJob({ id: 'job-1', version: 1 }));
    await frame();
    expect([job.progress()?.message, job.job()?.title]).toEqual(['Page 3', RUNNING.title]);
    expect(list.jobs().map(({ status }) => status)).toEqual(['processing', 'processing']);
  });

  it('heals by sync what was missed while it was dropped', async () => {
    const { gateway, job, list, frame, connection } = await aView();
    gateway.knows(RUNNING, aJob({ id: 'job-2' }));
    await frame();
    gateway.drop();
    await frame();
    expect([connection(), gateway.isConnected]).not.toContain('live');
    gateway.tell(aJob({ status: 'completed', version: 3 }));
    gateway.deliver('job:removed', { id: 'job-2', version: 2 });
    await frame();
    expect(job.job()?.status).toBe('processing');
    gateway.reconnect();
    await frame();
    expect([connection(), job.job()?.status, list.jobs().length]).toEqual(['live', 'completed', 1]);
  });

  it('[C7] refuses until it lets the client back, which asks for the token anew', async () => {
    let asked = 0;
    const { gateway, frame, connection } = await aView(withToken(() => `token-${++asked}`));
    await frame();
    gateway.refuse('token-expired');
    await frame();
    expect(connection()).not.toBe('live');
    gateway.reconnect();
    await frame();
    expect([connection(), gateway.tokens.at(0), gateway.tokens.at(-1)]).toEqual(['live', 'token-1', `token-${asked}`]);
    expect(asked).toBeGreaterThan(1);
  });

  it('stops for good at a final refusal', async () => {
    const { gateway, frame, connection } = await aView();
    await frame();
    gateway.refuse('origin-forbidden');
    await frame();
    expect(connection()).toBe('refused');
  });

  it('holds answers, and gives those of the moment when they go out', async () => {
    const { gateway, job, frame, connection } = await aView();
    gateway.knows(RUNNING);
    gateway.holdAcks();
    await frame();
    expect([connection(), job.phase()]).toEqual(['connecting', 'loading']);
    gateway.knows(aJob({ status: 'completed', version: 3 }));
    gateway.releaseAcks();
    await frame();
    expect([connection(), job.job()?.status]).toEqual(['live', 'completed']);
  });

  it('loses what it held with the connection', async () => {
    const { gateway, job, frame, connection } = await aView();
    gateway.knows(RUNNING);
    await frame();
    gateway.drop();
    gateway.holdAcks();
    gateway.reconnect();
    await frame();
    gateway.tell(aJob({ status: 'completed', version: 3 }));
    await frame();
    expect([connection(), gateway.isConnected, job.job()?.status]).toEqual(['connecting', false, 'processing']);
    gateway.drop();
    gateway.releaseAcks();
    await frame();
    expect([connection(), gateway.isConnected]).toEqual(['lost', false]);
  });

  it('[C3] resets the list when its past was rewritten', async () => {
    const { gateway, list, frame } = await aView();
    gateway.knows(aJob());
    await frame();
    gateway.drop();
    gateway.epoch = 'epoch-2';
    gateway.deliver('job:removed', { id: 'job-1', version: 1 });
    gateway.knows(aJob({ id: 'job-2' }));
    await frame();
    gateway.reconnect();
    await frame();
    expect(list.jobs().map(({ id }) => id)).toEqual(['job-2']);
  });

  it('says what it would need to know of a job', async () => {
    const { gateway } = await aView();
    const { id, userId, jobType, status, progress, attempt, version, bodyVersion, createdAt, updatedAt } = aJob({ id: 'job-9' });
    const state = { id, userId, jobType, status, progress, attempt, version, bodyVersion, createdAt, updatedAt };
    expect(() => gateway.deliver('job:progress', state)).toThrow('say knows(job) first');
  });

  it('[P2] shows who watches a job, to whom it belongs', async () => {
    const { gateway, frame } = await aView();
    const [seen, foreign] = TestBed.runInInjectionContext(() => [injectJobViewers('job-1'), injectJobViewers('job-2')]);
    gateway.knows(aJob(), aJob({ id: 'job-2', userId: 'grace' }));
    gateway.viewers('job-1', 'grace');
    await frame();
    expect([seen?.viewers().map(({ userId }) => userId), foreign?.count()]).toEqual([['ada', 'grace'], 0]);
    gateway.viewers('job-1', { userId: 'ben', name: 'Ben', since: '2026-03-01T10:00:00.000Z' });
    expect(seen?.viewers().map(({ userId, isYou }) => [userId, isYou])).toEqual([
      ['ada', true],
      ['ben', false],
    ]);
    gateway.drop();
    await frame();
    expect(seen?.count()).toBe(0);
    gateway.viewers('job-1');
    gateway.reconnect();
    await frame();
    expect(seen?.viewers().map(({ userId }) => userId)).toEqual(['ada']);
  });

  it('[P3] shows admins who is online', async () => {
    const { gateway, frame } = await aView();
    const everybody = TestBed.runInInjectionContext(() => injectOnlineUsers());
    await frame();
    expect(everybody.refusal()?.code).toBe('forbidden');
    gateway.roles = ['admin'];
    gateway.drop();
    gateway.reconnect();
    gateway.online('grace', 'ben');
    await frame();
    expect(everybody.users().map(({ userId }) => userId)).toEqual(['ada', 'grace', 'ben']);
    gateway.online('ben', 'cy');
    expect([everybody.users().map(({ userId }) => userId), everybody.count()]).toEqual([['ada', 'ben', 'cy'], 3]);
  });

  it('[M2, M3] tells people something to read, and not while they are away', async () => {
    const { gateway, frame } = await aView();
    const told = TestBed.runInInjectionContext(() => injectNotifications());
    await frame();
    const id = gateway.notify({ message: 'The export is ready.' });
    gateway.announce({ id: 'tonight', title: 'Tonight', message: 'We stop at ten.', level: 'warning' });
    gateway.announce({ id: 'tonight', message: 'Again.' });
    gateway.drop();
    gateway.notify({ message: 'Missed.' });
    gateway.reconnect();
    await frame();
    expect(told.notifications().map((one) => [one.id, one.audience, one.level])).toEqual([
      ['tonight', 'announcement', 'warning'],
      [id, 'notification', 'info'],
    ]);
  });

  it('[M1] tells events of the application’s own', async () => {
    const { gateway, frame } = await aView();
    const heard: string[] = [];
    TestBed.inject(Actions)
      .pipe(ofUserEvent('report:printed'))
      .subscribe(({ pages, timestamp }) => heard.push(`${pages} ${timestamp.length}`));
    await frame();
    gateway.emitToUser('report:printed', { pages: 12 });
    expect(heard).toEqual(['12 24']);
  });
});
