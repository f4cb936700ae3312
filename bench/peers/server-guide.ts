import { Inject, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JwtModule, JwtService } from '@nestjs/jwt';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
} from '@nestjs/websockets';
import type { Server, Socket } from 'socket.io';
import type { Change } from '../server/stream/seeded-jobs.ts';
import type { Serve } from '../server/node/served.ts';

interface Progress {
  readonly current: number;
  readonly total: number | null;
  readonly percentage: number;
  readonly message: string | null;
}

/**
 * The gateway of the integration guide, as a careful user writes it: tokens are verified once, who subscribes to all jobs is
 * an admin, an event is one emit to the guide's three rooms, nothing is logged per event. Without the guide's Redis calls.
 */
@WebSocketGateway({ cors: { origin: '*', credentials: true }, namespace: '/' })
export class JobsGateway implements OnGatewayConnection, OnGatewayDisconnect {
  @WebSocketServer()
  server!: Server;

  private readonly logger = new Logger(JobsGateway.name);

  constructor(@Inject(JwtService) private readonly jwtService: JwtService) {}

  handleConnection(client: Socket): void {
    const claims = this.claimsIn(client.handshake.auth['token']);
    if (claims) client.data = claims;
    else client.disconnect();
  }

  handleDisconnect(client: Socket): void {
    this.logger.debug(`Client ${client.id} disconnected`);
  }

  @SubscribeMessage('job:subscribe')
  handleSubscribeToJob(@MessageBody() data: { jobId: string }, @ConnectedSocket() client: Socket): void {
    void client.join(`job:${data.jobId}`);
  }

  @SubscribeMessage('job:unsubscribe')
  handleUnsubscribeFromJob(@MessageBody() data: { jobId: string }, @ConnectedSocket() client: Socket): void {
    void client.leave(`job:${data.jobId}`);
  }

  @SubscribeMessage('jobs:subscribe:user')
  handleSubscribeToUserJobs(@ConnectedSocket() client: Socket): void {
    void client.join(`user:${client.data.sub}:jobs`);
  }

  @SubscribeMessage('jobs:subscribe:all')
  handleSubscribeToAllJobs(@ConnectedSocket() client: Socket): void {
    if (client.data.roles.includes('admin')) void client.join('admin:jobs');
  }

  emitJobStatus(jobId: string, userId: string, status: string): void {
    this.server.to(roomsOf(jobId, userId)).emit('job:status', { id: jobId, status });
  }

  emitJobProgress(jobId: string, userId: string, progress: Progress): void {
    this.server.to(roomsOf(jobId, userId)).emit('job:progress', { id: jobId, progress });
  }

  emitJobFailed(jobId: string, userId: string, error: string): void {
    this.server.to(roomsOf(jobId, userId)).emit('job:failed', { id: jobId, error });
  }

  private claimsIn(token: string): { sub: string; roles: string[] } | null {
    try {
      return this.jwtService.verify(token);
    } catch {
      return null;
    }
  }
}

const roomsOf = (jobId: string, userId: string) => [`job:${jobId}`, `user:${userId}:jobs`, 'admin:jobs'];

/** The guide's gateway in an application of its own. */
export const serve: Serve = async (stream, { secret }) => {
  @Module({ imports: [JwtModule.register({ secret })], providers: [JobsGateway] })
  class AppModule {}

  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  const gateway = app.get(JobsGateway);
  return {
    port: Number(new URL(await app.getUrl()).port),
    tell: (changes) => changes.forEach((change) => emit(gateway, change)),
    // a retry is told as a status alone
    shownProgress: (job) => stream.progressTold(job),
  };
};

function emit(gateway: JobsGateway, { kind, job }: Change): void {
  const { id, userId, status, progress } = job;
  if (kind === 'progress' && progress) gateway.emitJobProgress(id, userId, progress);
  else if (kind === 'failed') gateway.emitJobFailed(id, userId, 'The page could not be rendered.');
  else gateway.emitJobStatus(id, userId, status);
}
