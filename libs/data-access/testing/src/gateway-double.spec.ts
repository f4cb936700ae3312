import { createEnvironmentInjector, EnvironmentInjector, runInInjectionContext } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { injectJob, injectJobs, selectConnection, withToken, type HarmoniaFeature } from '@harmonia/data-access';
import { provideEffects } from '@ngrx/effects';
import { provideStore, Store } from '@ngrx/store';
import { aJob } from './a-job';
import { GatewayDouble } from './gateway-double';
import { provideHarmoniaTesting } from './provide-harmonia-testing';

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
});
