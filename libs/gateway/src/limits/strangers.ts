import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { HARMONIA_GATEWAY_OPTIONS, type HarmoniaGatewayOptions } from '../gateway-options.js';
import { ClientAddresses, holderOf } from './client-address.js';
import { limitsOf } from './limits.js';
import { cutOff, type RawConnection } from './raw-connection.js';

/** So often in the time that a connection has, it is looked whether that is over. */
const LOOKS = 8;

interface Stranger {
  readonly since: number;
  readonly holder: string;
}

/**
 * Connections that nobody has signed in on, from the first byte until Harmonia's namespace lets somebody in, and again once
 * it has been left [L1, G10]: few for each address, and none for long, with one clock for all of them.
 */
@Injectable()
export class Strangers implements BeforeApplicationShutdown {
  /** In the order in which they came. */
  private readonly waiting = new Map<RawConnection, Stranger>();
  private readonly counts = new Map<string, number>();
  private readonly most: number;
  private readonly patienceMs: number;
  private clock: NodeJS.Timeout | null = null;

  constructor(
    @Inject(HARMONIA_GATEWAY_OPTIONS) options: HarmoniaGatewayOptions,
    private readonly addresses: ClientAddresses,
  ) {
    const { unauthenticatedPerAddress, unauthenticatedMs } = limitsOf(options);
    this.most = unauthenticatedPerAddress;
    this.patienceMs = unauthenticatedMs;
  }

  /** How many there are now. */
  get count(): number {
    return this.waiting.size;
  }

  /** Whether one more may connect from where this request comes from. */
  hasRoomFor(request: IncomingMessage): boolean {
    return (this.counts.get(this.holderOf(request)) ?? 0) < this.most;
  }

  /** To be told of every new connection; cut off is one that came while another took the last room. */
  add(connection: RawConnection): void {
    const hasRoom = this.hasRoomFor(connection.request);
    this.put(connection);
    connection.once('close', () => this.admitted(connection));
    if (!hasRoom) cutOff(connection);
  }

  /** Somebody has signed in. */
  admitted(connection: RawConnection): void {
    const stranger = this.waiting.get(connection);
    if (!stranger) return;
    this.waiting.delete(connection);
    const left = (this.counts.get(stranger.holder) ?? 1) - 1;
    if (left > 0) this.counts.set(stranger.holder, left);
    else this.counts.delete(stranger.holder);
  }

  /** Whoever had signed in has left, and the connection is still there. */
  left(connection: RawConnection): void {
    if (connection.readyState === 'open') this.put(connection);
  }

  beforeApplicationShutdown(): void {
    if (this.clock) clearInterval(this.clock);
  }

  private put(connection: RawConnection): void {
    const holder = this.holderOf(connection.request);
    this.waiting.set(connection, { since: performance.now(), holder });
    this.counts.set(holder, (this.counts.get(holder) ?? 0) + 1);
    this.clock ??= setInterval(() => this.look(), this.patienceMs / LOOKS).unref();
  }

  private look(): void {
    const now = performance.now();
    for (const [connection, { since }] of this.waiting) {
      if (now - since < this.patienceMs) break;
      this.admitted(connection);
      cutOff(connection);
    }
    if (this.waiting.size > 0 || !this.clock) return;
    clearInterval(this.clock);
    this.clock = null;
  }

  private holderOf(request: IncomingMessage): string {
    return holderOf(this.addresses.of(request));
  }
}
