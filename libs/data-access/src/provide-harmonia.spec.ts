import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { createAction, createReducer, on, provideStore } from '@ngrx/store';
import { ConnectionActions } from './connection/connection.actions';
import { injectConnection } from './connection/inject-connection';
import { aHost, settle } from './harmonia.fixture';
import { harmoniaReducer, selectHarmonia } from './harmonia.feature';
import { withFeatureKey, withGuideActions, withRetention } from './provide-harmonia';
import { injectJob } from './jobs/inject-job';
import { injectJobs } from './jobs/inject-jobs';
import { JobCommandActions } from './jobs/job-commands.actions';
import { JobInbox } from './jobs/job-inbox';
import { aFrame, aJob, atPercent } from './jobs/job.fixture';
import { JobsActions } from './jobs/jobs.actions';
import { selectAllJobs, selectJobById } from './jobs/jobs.selectors';
import { MessagesActions } from './messages/messages.actions';
import { injectJobViewers } from './presence/inject-job-viewers';
import { injectOnlineUsers } from './presence/inject-online-users';
import { PresenceActions } from './presence/presence.actions';

/** A host that has both names for itself already. */
const hired = createAction('[Staff] Hired');
const jobs = createReducer(
  { open: 1 },
  on(hired, ({ open }) => ({ open: open - 1 })),
);
const harmoniaJobs = createReducer({ choir: 'alto' });

describe('withFeatureKey', () => {
  it('keeps its state beside slices of the host that are called as it would be', async () => {
    const host = aHost(() => 'token-1', [provideStore<object>({ jobs, harmoniaJobs })], withFeatureKey('work'));
    const state = host.store.selectSignal((root: object) => root);
    host.store.dispatch(hired());
    host.store.dispatch(JobsActions.jobsReceived(aFrame([aJob()])));
    expect(state()).toEqual({
      jobs: { open: 0 },
      harmoniaJobs: { choir: 'alto' },
      work: expect.objectContaining({ records: expect.objectContaining({ all: [expect.objectContaining({ id: 'job-1' })] }) }),
    });
  });

  it('changes nothing of what views, effects and the connection see', async () => {
    const host = aHost(() => 'token-1', [provideStore<object>({ jobs, harmoniaJobs })], withFeatureKey('work'));
    const view = TestBed.runInInjectionContext(() => ({ one: injectJob('job-1'), all: injectJobs(), connection: injectConnection() }));
    await settle();
    host.socket.accept();
    (await host.socket.request()).answer({ jobs: [aJob({ status: 'processing', progress: atPercent(40) })] });
    await settle();
    TestBed.inject(JobInbox).flush();
    expect([view.one.progress(), view.all.jobs().length, view.connection.state().phase]).toEqual([atPercent(40), 1, 'live']);
    host.socket.tell([aJob({ version: 2, bodyVersion: 2, status: 'completed' })]);
    TestBed.inject(JobInbox).flush();
    expect(view.one.job()?.status).toBe('completed');
    expect(host.actions.at(-1)?.type).toBe(JobsActions.jobCompleted.type);
  });

  it('is of one store alone: the same selectors serve another one under another key', () => {
    const first = { work: harmoniaReducer(undefined, JobsActions.jobsReceived(aFrame([aJob()]))) };
    const second = { jobs: { open: 1 }, tasks: harmoniaReducer(undefined, hired()) };
    for (const round of [1, 2]) {
      expect([round, selectAllJobs(first).length, selectAllJobs(second).length]).toEqual([round, 1, 0]);
      expect([selectJobById('job-1')(first)?.id, selectJobById('job-1')(second)]).toEqual(['job-1', null]);
    }
  });

  it('says what to do where there is no Harmonia', () => {
    expect(() => selectHarmonia({ jobs: null, harmoniaJobs: { choir: 'alto' } })).toThrow(/add provideHarmonia\(\)/);
  });
});

describe('provideHarmonia', () => {
  it('dispatches and keeps nothing that a host with all of the store’s runtime checks would refuse', async () => {
    const runtimeChecks = {
      strictStateImmutability: true,
      strictActionImmutability: true,
      strictStateSerializability: true,
      strictActionSerializability: true,
      strictActionTypeUniqueness: true,
    };
    const token = signal<string | null>('token-1');
    const host = aHost(() => token(), [provideStore({}, { runtimeChecks })], withGuideActions(), withRetention({ maxJobs: 5 }));
    const view = TestBed.runInInjectionContext(() => [injectJob('job-1'), injectJobs(), injectJobViewers('job-1'), injectOnlineUsers()]);
    await settle();
    host.socket.accept();
    const user = { cursor: 'c', more: false, reset: true, jobs: [aJob({ id: 'job-2', status: 'cancelled' })], removed: [] };
    (await host.socket.request()).answer({ jobs: [aJob({ progress: atPercent(40) })], removed: [{ id: 'job-3', version: 4 }], user });
    await settle();
    while (host.socket.presence.length > 0) host.socket.presence.shift()?.answer('ada', 'grace');
    const at = '2026-03-01T10:00:00.000Z';
    const notification = { id: 'n', title: null, message: 'Hello.', level: 'info', at, audience: 'notification' } as const;
    host.socket.say({ kind: 'notification', notification });
    host.socket.say({ kind: 'own', event: { name: 'own', payload: { timestamp: at, nothing: undefined } } });
    host.socket.tell([aJob({ status: 'failed', version: 8, bodyVersion: 8, result: { error: 'It broke.', code: 'broken' } })]);
    TestBed.inject(JobInbox).flush();
    host.store.dispatch(JobCommandActions.commandIssued({ key: 'retry-1', id: 'job-1', command: 'retry', attempt: 1 }));
    host.socket.end('origin-forbidden');
    token.set(null);
    await settle();
    expect(view).toHaveLength(4);
    const told = [PresenceActions.jobViewersTold, MessagesActions.userEventReceived, JobsActions.jobFailed, ConnectionActions.signedOut];
    expect(host.actions.map(({ type }) => type)).toEqual(expect.arrayContaining(told.map(({ type }) => type)));
    expect(host.connection()).toEqual({ phase: 'idle' });
  });
});
