import type { Acknowledgement, Done } from './connection/acknowledgement.js';
import type { JobListSnapshot, JobSnapshot, JobsSyncAnswer } from './jobs/job-answers.js';
import type { JobProgress } from './jobs/job-progress.js';
import type { JobStatus } from './jobs/job-status.js';
import type { Job, JobState } from './jobs/job.js';
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
    > = true;
    const one: Same<AnswerOf<'job:subscribe'>, JobSnapshot> = true;
    const list: Same<AnswerOf<'jobs:subscribe:user' | 'jobs:subscribe:all'>, JobListSnapshot> = true;
    const done: Same<AnswerOf<'job:unsubscribe' | 'jobs:unsubscribe:user' | 'jobs:unsubscribe:all'>, Done> = true;
    const sync: Same<AnswerOf<'jobs:sync'>, JobsSyncAnswer> = true;
    expect([verbs, one, list, done, sync]).toEqual([true, true, true, true, true]);
  });

  it('[G16] keep the fields of the integration guide', () => {
    const status: PayloadOf<'job:status'> extends { id: string; status: JobStatus } ? true : false = true;
    const progress: PayloadOf<'job:progress'> extends { id: string; progress: JobProgress | null } ? true : false = true;
    const completed: PayloadOf<'job:completed'> extends { job: Job } ? true : false = true;
    const failed: PayloadOf<'job:failed'> extends { id: string; error: string } ? true : false = true;
    expect([status, progress, completed, failed]).toEqual([true, true, true, true]);
  });

  it('[E1] carry the light state beside them, and the epoch everywhere', () => {
    const state: PayloadOf<'job:status' | 'job:progress' | 'job:failed'> extends JobState ? true : false = true;
    type OfJobs = 'job:created' | 'job:status' | 'job:progress' | 'job:completed' | 'job:failed' | 'job:removed' | 'jobs:frame';
    type Tagged = OfJobs | 'authenticated';
    const epoch: PayloadOf<Tagged> extends { epoch: string } ? true : false = true;
    const server: Same<keyof ServerToClientEvents, Tagged | 'session:closing' | 'session:mark' | 'session:lagged' | 'exception'> = true;
    expect([state, epoch, server]).toEqual([true, true, true]);
  });

  it('can be fed with a job as the store hands it out', () => {
    const job: { epoch: string; job: Job } extends PayloadOf<'job:completed'> ? true : false = true;
    const snapshot: { epoch: string; job: Job } extends JobSnapshot ? true : false = true;
    expect([job, snapshot]).toEqual([true, true]);
  });
});
