import type { Acknowledgement, Done } from './connection/acknowledgement.js';
import type { Authenticated } from './connection/session.js';
import type { JobListSnapshot, JobSnapshot, JobsSyncAnswer } from './jobs/job-answers.js';
import type { JobProgress } from './jobs/job-progress.js';
import type { JobStatus } from './jobs/job-status.js';
import type { Job, JobState } from './jobs/job.js';
import type { JobViewersSnapshot, OnlineUsersSnapshot } from './presence/presence.js';
import type { Same } from './same.fixture.js';
import type { ClientToServerEvents, ServerToClientEvents, Verb } from './wire.js';

/** As socket.io finds it: the argument of the last parameter. */
type AnswerOf<V extends Verb> =
  Parameters<ClientToServerEvents[V]> extends [...unknown[], (answer: Acknowledgement<infer Data>) => void] ? Data : never;
type PayloadOf<E extends keyof ServerToClientEvents> = Parameters<ServerToClientEvents[E]>[0];

describe('the wire types', () => {
  it('[S1] name the verbs of the protocol and what each answers', () => {
    const verbs: Same<
      Verb,
      | 'job:subscribe'
      | 'job:unsubscribe'
      | 'jobs:subscribe:user'
      | 'jobs:unsubscribe:user'
      | 'jobs:subscribe:all'
      | 'jobs:unsubscribe:all'
      | 'jobs:sync'
      | 'auth:refresh'
      | 'presence:watch'
      | 'presence:unwatch'
      | 'presence:watch:all'
      | 'presence:unwatch:all'
    > = true;
    const one: Same<AnswerOf<'job:subscribe'>, JobSnapshot> = true;
    const list: Same<AnswerOf<'jobs:subscribe:user' | 'jobs:subscribe:all'>, JobListSnapshot> = true;
    type Ending = 'job:unsubscribe' | 'jobs:unsubscribe:user' | 'jobs:unsubscribe:all' | 'presence:unwatch' | 'presence:unwatch:all';
    const done: Same<AnswerOf<Ending>, Done> = true;
    const sync: Same<AnswerOf<'jobs:sync'>, JobsSyncAnswer> = true;
    const session: Same<AnswerOf<'auth:refresh'>, Authenticated> = true;
    const viewers: Same<AnswerOf<'presence:watch'>, JobViewersSnapshot> = true;
    const online: Same<AnswerOf<'presence:watch:all'>, OnlineUsersSnapshot> = true;
    expect([verbs, one, list, done, sync, session, viewers, online]).toEqual([true, true, true, true, true, true, true, true]);
  });

  it('[G16] keep the fields of the integration guide', () => {
    const status: PayloadOf<'job:status'> extends { id: string; status: JobStatus } ? true : false = true;
    const progress: PayloadOf<'job:progress'> extends { id: string; progress: JobProgress | null } ? true : false = true;
    const completed: PayloadOf<'job:completed'> extends { job: Job } ? true : false = true;
    const failed: PayloadOf<'job:failed'> extends { id: string; error: string } ? true : false = true;
    expect([status, progress, completed, failed]).toEqual([true, true, true, true]);
  });

  it('[E1] carry the light state beside them, and the epoch wherever jobs are told of', () => {
    const state: PayloadOf<'job:status' | 'job:progress' | 'job:failed'> extends JobState ? true : false = true;
    type OfJobs = 'job:created' | 'job:status' | 'job:progress' | 'job:completed' | 'job:failed' | 'job:removed' | 'jobs:frame';
    type Tagged = OfJobs | 'authenticated';
    const epoch: PayloadOf<Tagged> extends { epoch: string } ? true : false = true;
    type OfSessions = 'session:expiring' | 'session:closing' | 'session:mark' | 'session:lagged' | 'exception';
    type OfPeople = 'job:viewers' | 'user:online' | 'user:offline' | 'presence:frame' | 'notification' | 'announcement';
    const server: Same<keyof ServerToClientEvents, Tagged | OfSessions | OfPeople> = true;
    expect([state, epoch, server]).toEqual([true, true, true]);
  });

  it('can be fed with a job as the store hands it out', () => {
    const job: { epoch: string; job: Job } extends PayloadOf<'job:completed'> ? true : false = true;
    const snapshot: { epoch: string; job: Job } extends JobSnapshot ? true : false = true;
    expect([job, snapshot]).toEqual([true, true]);
  });
});
