import type { Job } from '@harmonia/contract';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { refusalOf } from '../connection/refusal-of.js';
import { HARMONIA_GATEWAY_OPTIONS, type HarmoniaGatewayOptions } from '../gateway-options.js';
import { GatewayCounts } from '../operations/gateway-counts.js';
import { FrameRound, type FrameCompression } from './frame-round.js';
import { Watchers } from './watchers.js';

const DEFAULT_INTERVAL_MS = 50;

/**
 * What waits for the next frame [E4]: of each job the newest. After an interval in which nothing waited, the first change
 * goes at once; the ones that follow wait until the interval is over, and then go together.
 */
@Injectable()
export class FrameFlush {
  private readonly log = new Logger(FrameFlush.name);
  private readonly intervalMs: number;
  private readonly compression: FrameCompression;
  private readonly waiting = new Map<string, Job>();
  private epoch = '';
  private pause: NodeJS.Timeout | null = null;

  constructor(
    @Inject(HARMONIA_GATEWAY_OPTIONS) { frames }: HarmoniaGatewayOptions,
    private readonly watchers: Watchers,
    private readonly counts: GatewayCounts,
  ) {
    this.intervalMs = frames?.intervalMs ?? DEFAULT_INTERVAL_MS;
    this.compression = frames?.compress ?? 'shared';
  }

  /** A change waits, in place of an older one of its job. */
  add(job: Job, epoch: string): void {
    // versions of two epochs cannot be compared, and whoever hears of the new one asks for everything [C3]
    if (epoch !== this.epoch) this.waiting.clear();
    this.epoch = epoch;
    const known = this.waiting.get(job.id);
    if (!known || known.version < job.version) this.waiting.set(job.id, job);
  }

  /** Nothing of this job waits any more: what is told by itself is newer, or it is gone. */
  drop(jobId: string): void {
    this.waiting.delete(jobId);
  }

  /** To be called when all that was heard at once is dealt with. */
  settle(): void {
    if (!this.pause) this.flush();
  }

  stop(): void {
    if (this.pause) clearTimeout(this.pause);
    this.pause = null;
    this.waiting.clear();
  }

  /** Sends what waits, without waiting any longer. */
  flush(): void {
    if (this.waiting.size === 0) return;
    if (this.pause) clearTimeout(this.pause);
    const jobs = [...this.waiting.values()];
    this.waiting.clear();
    const round = new FrameRound(this.watchers, this.epoch, this.compression, this.counts.delivery);
    for (const job of jobs) this.attempt(() => round.add(job));
    this.attempt(() => round.tell());
    // now that they are on their way
    this.pause = setTimeout(() => {
      this.pause = null;
      this.settle();
    }, this.intervalMs);
  }

  /** One job that cannot be told must not cost the others. */
  private attempt(telling: () => void): void {
    try {
      telling();
    } catch (error) {
      refusalOf(error, 'Telling what has changed', this.log);
    }
  }
}
