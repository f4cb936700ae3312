import { Inject, Injectable, type BeforeApplicationShutdown, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** How long the server goes on serving after it said that it is not ready any more, ms. */
export const DRAIN_MS = Symbol('DRAIN_MS');

/** Whoever was told that it is over has so long to read it, ms; then nobody is waited for. */
const LAST_WORDS_MS = 3000;

/**
 * How this server stops: first it only says that it is not ready, so that nobody is sent here any more; then everything is
 * closed, and connections that do not end by themselves are cut off, since clients that never read would be waited for.
 */
@Injectable()
export class Drain implements OnModuleInit, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly connections = new Set<Socket>();
  private stopping = false;

  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(DRAIN_MS) private readonly drainMs: number,
  ) {}

  get isStopping(): boolean {
    return this.stopping;
  }

  onModuleInit(): void {
    const server: unknown = this.host.httpAdapter.getHttpServer();
    if (!(server instanceof Server)) throw new Error('This application has no server of Node to drain.');
    server.on('connection', (connection) => {
      this.connections.add(connection);
      connection.once('close', () => this.connections.delete(connection));
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    await wait(this.drainMs);
  }

  beforeApplicationShutdown(): void {
    setTimeout(() => this.connections.forEach((connection) => connection.destroy()), LAST_WORDS_MS).unref();
  }
}
