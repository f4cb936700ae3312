import type { NodeStats } from '@harmonia/contract';
import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { GatewayCounts } from './gateway-counts.js';
import { quantile } from './lag-histogram.js';

const EVERY_MS = 5000;
/** So many samples are kept: what is said is of the time since the oldest, 10 to 15 s. */
const KEPT = 3;

interface Sample {
  readonly at: number;
  readonly heard: number;
  readonly sent: number;
  readonly streamed: number;
  readonly lags: readonly number[];
}

/** What this node does now, as opposed to all it has done: the counts, compared with what they were a few seconds ago. */
@Injectable()
export class RecentFigures implements OnModuleInit, BeforeApplicationShutdown {
  private readonly samples: Sample[] = [];
  private sampling: NodeJS.Timeout | undefined;

  constructor(private readonly counts: GatewayCounts) {}

  onModuleInit(): void {
    this.sample();
    this.sampling = setInterval(() => this.sample(), EVERY_MS).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.sampling);
  }

  /** Remembers how the counts are now. */
  sample(): void {
    this.samples.push(this.now());
    if (this.samples.length > KEPT) this.samples.shift();
  }

  read(): Pick<NodeStats, 'rates' | 'deliveryLagMs' | 'streamLagMs'> {
    const now = this.now();
    const before = this.samples[0] ?? now;
    const seconds = Math.max(now.at - before.at, 1) / 1000;
    const lags = now.lags.map((count, bucket) => count - (before.lags[bucket] ?? 0));
    const [p50, p99] = [quantile(lags, 0.5), quantile(lags, 0.99)];
    return {
      rates: { eventsInPerSecond: (now.heard - before.heard) / seconds, eventsOutPerSecond: (now.sent - before.sent) / seconds },
      deliveryLagMs: p50 === null || p99 === null ? null : { p50, p99 },
      streamLagMs: now.streamed === before.streamed ? null : this.counts.stream.last,
    };
  }

  private now(): Sample {
    const { eventsHeard, messagesSent, stream, delivery } = this.counts;
    return {
      at: performance.now(),
      heard: eventsHeard,
      sent: messagesSent,
      streamed: stream.count,
      lags: [...delivery.counts],
    };
  }
}
