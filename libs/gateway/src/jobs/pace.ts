import { setTimeout as wait } from 'node:timers/promises';
import type { HarmoniaSocket } from '../connection/harmonia-socket.js';
import type { GatewayCounts } from '../operations/gateway-counts.js';

/** So many bytes are told between two marks. */
const BETWEEN_MARKS = 64 * 1024;

/** How often it is looked whether somebody who says nothing takes more again, ms. */
const LOOK_MS = 50;

/** Who wants to know how a connection keeps up. */
export interface PaceListener {
  /** It was behind already when it was told more. */
  fellBehind(): void;
  /** It said what has arrived. */
  caughtUp(): void;
}

/**
 * How far behind a connection is [L2]: what waits in this process for the connection to take more and, with clients that
 * know marks, what they have not acknowledged; the buffers of two kernels hide megabytes from everybody but the client.
 * Bytes are counted as characters, and as whole batches: what is judged is an order of magnitude.
 */
export class Pace {
  /** All that was ever told, what of it left this process or is about to, and what the client said it has. */
  private told = 0;
  private sent = 0;
  private acknowledged = 0;
  private marked = 0;
  private isMarking = false;
  private wake = new AbortController();

  constructor(
    private readonly socket: HarmoniaSocket,
    private readonly most: number,
    private readonly listener: PaceListener,
    private readonly counts: GatewayCounts,
  ) {
    const { conn } = socket;
    const created = ({ data }: { readonly data?: { readonly length: number } }) => this.count(data?.length ?? 0);
    const flushed = () => (this.sent = this.told);
    conn.on('packetCreate', created).on('flush', flushed);
    // a connection stays when a socket leaves it, and others may come
    socket.once('disconnect', () => conn.off('packetCreate', created).off('flush', flushed));
  }

  /** Whether it should be told nothing more. */
  get isBehind(): boolean {
    return this.behindBy > this.most;
  }

  /** Whether it may be told more after it was behind. */
  get isDrained(): boolean {
    return this.behindBy <= this.most / 4;
  }

  /** When it may be told more, or is gone. */
  async untilRead(): Promise<void> {
    while (this.isBehind && this.socket.connected) {
      this.wake = new AbortController();
      await wait(LOOK_MS, undefined, { signal: this.wake.signal, ref: false }).catch(() => undefined);
    }
  }

  /** Asks the client to say when all of this has arrived. */
  mark(): void {
    if (this.socket.data.isPlain || this.marked === this.told) return;
    const reached = this.told;
    this.socket.emit('session:mark', () => {
      this.acknowledged = Math.max(this.acknowledged, reached);
      this.wake.abort();
      this.listener.caughtUp();
    });
    this.marked = this.told;
  }

  private get behindBy(): number {
    const waiting = this.socket.conn.transport.writable ? 0 : this.told - this.sent;
    return this.socket.data.isPlain ? waiting : Math.max(waiting, this.told - this.acknowledged);
  }

  private count(bytes: number): void {
    // judged before this message, so that a single long one is not held against a connection that takes it
    const wasBehind = this.isBehind;
    this.told += bytes;
    // pings have none
    if (bytes > 0) this.counts.messagesSent++;
    this.counts.charactersSent += bytes;
    if (this.told - this.marked >= BETWEEN_MARKS && !this.isMarking) this.markSoon();
    if (wasBehind) this.listener.fellBehind();
  }

  /** Not at once: a message may come in parts, between which nothing else may stand. */
  private markSoon(): void {
    this.isMarking = true;
    queueMicrotask(() => {
      this.isMarking = false;
      this.mark();
    });
  }
}
