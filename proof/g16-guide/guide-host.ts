import type { INestApplication, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Namespace, Server } from 'socket.io';
import { RememberingClient } from './remembering-client.ts';

const MEMBERSHIP_MS = 5000;

/** What the guide's class offers, and ours as well. */
export interface GuideGateway {
  readonly server: Server | Namespace;
  emitJobStatus(jobId: string, status: string): unknown;
  emitJobProgress(jobId: string, progress: { current: number; total: number; percentage: number; message: string }): unknown;
  emitJobCompleted(job: Record<string, unknown>): unknown;
  emitJobFailed(jobId: string, userId: string, error: string): unknown;
}

/** A Nest application on a free port with one of the two gateways in it: the guide's own, or ours. */
export class GuideHost {
  private readonly clients: RememberingClient[] = [];

  private constructor(
    readonly app: INestApplication,
    readonly gateway: GuideGateway,
    readonly url: string,
  ) {}

  static async start(
    module: Parameters<typeof Test.createTestingModule>[0],
    gateway: Type<GuideGateway>,
    prepare: (app: INestApplication) => void = () => undefined,
  ): Promise<GuideHost> {
    const app = (await Test.createTestingModule(module).compile()).createNestApplication({ logger: false });
    prepare(app);
    await app.listen(0, '127.0.0.1');
    return new GuideHost(app, app.get(gateway, { strict: false }), await app.getUrl());
  }

  /** A client that has connected. */
  async client(token: string): Promise<RememberingClient> {
    const client = new RememberingClient(this.url, token);
    this.clients.push(client);
    await client.next('connect');
    return client;
  }

  /** When this client is in this room, or is no longer; an error when that does not come about. */
  async membership(room: string, client: RememberingClient, isIn: boolean): Promise<void> {
    const deadline = performance.now() + MEMBERSHIP_MS;
    while (performance.now() < deadline) {
      const sockets = await this.gateway.server.in(room).fetchSockets();
      if (sockets.some(({ id }) => id === client.socket.id) === isIn) return;
      await new Promise((next) => setTimeout(next, 5));
    }
    throw new Error(`The client is ${isIn ? 'not' : 'still'} in the room ${room}.`);
  }

  async stop(): Promise<void> {
    this.clients.forEach(({ socket }) => socket.disconnect());
    await this.app.close();
  }
}
