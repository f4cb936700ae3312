import { GatewayMetrics } from '@harmonia/gateway';
import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { OperationsConfig } from '../operations-variables.js';
import { portError } from '../port.js';

/** Where the figures are read; null: nowhere. */
export const METRICS_ADDRESS = Symbol('METRICS_ADDRESS');

/**
 * `GET /metrics` for Prometheus, on a port of its own: what a proxy passes on to the port of the server never leads here, so
 * the figures are not public by accident.
 */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Metrics');
  private server: Server | null = null;

  constructor(
    private readonly metrics: GatewayMetrics,
    @Inject(METRICS_ADDRESS) private readonly address: OperationsConfig['metrics'],
  ) {}

  /** @throws StartError when the port cannot be had */
  async onApplicationBootstrap(): Promise<void> {
    if (!this.address) return;
    const server = createServer(({ method, url }, answer) => void this.answer(method === 'GET' && url === '/metrics', answer));
    try {
      await once(server.listen(this.address.port, this.address.host), 'listening');
    } catch (error) {
      throw portError(error, this.address, 'METRICS_');
    }
    this.server = server;
    this.log.log(`Figures for Prometheus: ${this.url ?? ''}`);
  }

  /** Where the figures are; null while there is no such place. */
  get url(): string | null {
    const address = this.server?.address();
    if (!address || typeof address === 'string') return null;
    return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}/metrics`;
  }

  beforeApplicationShutdown(): void {
    this.server?.close();
    this.server?.closeAllConnections();
    this.server = null;
  }

  private async answer(isAsked: boolean, answer: ServerResponse): Promise<void> {
    if (!isAsked) return void answer.writeHead(404).end();
    try {
      const text = await this.metrics.text();
      answer.writeHead(200, { 'Content-Type': this.metrics.contentType }).end(text);
    } catch (error) {
      this.log.error('The figures could not be gathered.', error instanceof Error ? error.stack : undefined);
      answer.writeHead(500).end();
    }
  }
}
