import { JOB_STATUSES, JobIdSchema, JobTypeSchema, parseOrRefuse, UserIdSchema, type ProgressInput } from '@harmonia/contract';
import { EXTERNAL_JOB_TYPE, JobPublisher } from '@harmonia/job-engine';
import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import {
  WebSocketGateway,
  WebSocketServer,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
} from '@nestjs/websockets';
import type { Namespace } from 'socket.io';
import * as v from 'valibot';
import { CONFIGURED } from '../connection/harmonia-socket-adapter.js';
import type { HarmoniaSocket } from '../connection/harmonia-socket.js';
import { Handshake } from '../connection/handshake.js';
import { Strangers } from '../limits/strangers.js';
import { UserSockets } from '../limits/user-sockets.js';
import { FeedCheck } from './feed-check.js';
import { PresenceDoor } from '../presence/presence-door.js';
import { SessionCloser } from '../sessions/session-closer.js';
import { SessionClock } from '../sessions/session-clock.js';
import { JobFeed } from './job-feed.js';
import { JobRequests } from './job-requests.js';
import { authenticatedOf } from '../connection/authenticated.js';
import { SlowSockets } from './slow-sockets.js';
import { Watchers } from './watchers.js';

const StatusSchema = v.picklist(JOB_STATUSES, `A status is one of: ${JOB_STATUSES.join(', ')}.`);

/** A job as the integration guide hands it over; parts of it may be missing. */
const GuideJobSchema = v.object({
  id: JobIdSchema,
  userId: v.optional(UserIdSchema),
  jobType: v.optional(JobTypeSchema, EXTERNAL_JOB_TYPE),
  result: v.optional(v.unknown(), null),
});

/**
 * Sockets that watch jobs: who connects is told who they are, and their requests are received [S1]. Path and namespace
 * come from the options of the module, through `useHarmoniaSockets(app)`.
 *
 * The four `emitJob…` methods of the integration guide are promises here and go through {@link JobPublisher}: what they
 * say is decided and kept by the store, which then tells every node [F1]. They reject with a `RefusalError`.
 *
 * @example await jobsGateway.emitJobProgress(jobId, { current: 3, total: 12, percentage: 25, message: 'Page 3' });
 */
@WebSocketGateway({ path: CONFIGURED, namespace: CONFIGURED })
export class JobsGateway
  implements
    OnGatewayInit<Namespace>,
    OnGatewayConnection<HarmoniaSocket>,
    OnGatewayDisconnect<HarmoniaSocket>,
    OnModuleInit,
    OnApplicationBootstrap,
    BeforeApplicationShutdown
{
  /** Harmonia's namespace, once the app has sockets. */
  @WebSocketServer() server?: Namespace;

  constructor(
    private readonly publisher: JobPublisher,
    private readonly handshake: Handshake,
    private readonly feed: JobFeed,
    private readonly check: FeedCheck,
    private readonly requests: JobRequests,
    private readonly watchers: Watchers,
    private readonly slow: SlowSockets,
    private readonly presence: PresenceDoor,
    private readonly clock: SessionClock,
    private readonly closer: SessionCloser,
    private readonly strangers: Strangers,
    private readonly userSockets: UserSockets,
  ) {}

  afterInit(namespace: Namespace): void {
    this.watchers.open(namespace);
    this.presence.open(namespace);
  }

  async onModuleInit(): Promise<void> {
    await this.feed.start();
    this.check.start();
  }

  onApplicationBootstrap(): void {
    if (!this.server?.name.endsWith(CONFIGURED)) return;
    throw new Error('Nobody could connect: call useHarmoniaSockets(app) before app.listen(), or import the module with sockets: false.');
  }

  handleConnection(socket: HarmoniaSocket): void {
    socket.emit('authenticated', authenticatedOf(socket.data.session, this.feed.epoch));
    this.strangers.admitted(socket.conn);
    const watcher = this.watchers.add(socket);
    this.slow.watch(socket, watcher);
    this.requests.listen(socket, watcher);
    this.presence.opened(watcher);
    this.clock.follow(watcher);
    this.closer.check(watcher);
    this.userSockets.add(watcher);
  }

  handleDisconnect(socket: HarmoniaSocket): void {
    this.presence.closed(socket);
    this.clock.forget(socket);
    const watcher = this.watchers.delete(socket);
    if (watcher) this.userSockets.delete(watcher);
    this.strangers.left(socket.conn);
  }

  /** [E5] Says why and closes the transports, so that clients come back by themselves, to another node or a new start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.handshake.stop();
    await this.watchers.closeAll('server-stopping');
    await this.check.stop();
    await this.feed.stop();
  }

  /** Says a status. `queued` puts a job that is being worked on back into the queue [R3]; `failed` gives no reason. */
  async emitJobStatus(jobId: string, status: string): Promise<void> {
    const known = parseOrRefuse(StatusSchema, status);
    if (known === 'queued') await this.publisher.requeued(jobId, 'retrying');
    else if (known === 'failed') await this.publisher.failed(jobId, 'The job failed.');
    else await this.publisher.report({ kind: 'reported', id: jobId, status: known });
  }

  /** Says how far a job has come; the percentage is computed anew by the store [R5]. */
  async emitJobProgress(jobId: string, progress: ProgressInput): Promise<void> {
    await this.publisher.progress(jobId, progress);
  }

  /** Ends a job with its `result`; a job that is unknown is created first when `userId` says whose it is [R12]. */
  async emitJobCompleted(job: Readonly<Record<string, unknown>>): Promise<void> {
    const { id, userId, jobType, result } = parseOrRefuse(GuideJobSchema, job);
    await this.publisher.report(
      { kind: 'reported', id, status: 'completed', result },
      userId === undefined ? undefined : { userId, jobType },
    );
  }

  /** Ends a job with a sentence that says why; a job that is unknown is created first, as this user's [R12]. */
  async emitJobFailed(jobId: string, userId: string, error: string): Promise<void> {
    const reason = { code: 'failed', message: error };
    await this.publisher.report({ kind: 'reported', id: jobId, status: 'failed', error: reason }, { userId, jobType: EXTERNAL_JOB_TYPE });
  }
}
