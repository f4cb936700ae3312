import { Inject, Injectable } from '@nestjs/common';
import type { JobHistoryEntry } from '@harmonia/contract';
import { Backoffs } from 'bullmq';
import { BULLMQ_SETTINGS, type BullmqSettings } from '../bullmq.settings.js';

/** Whether and when a job is tried again whose handler threw. */
@Injectable()
export class RetryPlan {
  constructor(@Inject(BULLMQ_SETTINGS) private readonly settings: Pick<BullmqSettings, 'attempts' | 'backoff'>) {}

  /**
   * How long to wait before the next try, in ms, as BullMQ reckons; null when there is none.
   *
   * @param history of the job, up to the try that has failed just now
   */
  delayAfter(history: readonly JobHistoryEntry[]): number | null {
    const tries = triesOf(history);
    if (tries >= this.settings.attempts) return null;
    const { type, delay, jitter } = this.settings.backoff;
    const ms: unknown = Backoffs.builtinStrategies[type]?.(delay, jitter)(tries);
    return typeof ms === 'number' ? ms : delay;
  }
}

/** Since the job was created, or tried again on request; attempts that were cut off do not count. */
function triesOf(history: readonly JobHistoryEntry[]): number {
  const begun = history.findLastIndex(({ status, reason }) => status === 'queued' && reason === undefined);
  return 1 + history.slice(begun + 1).filter(({ reason }) => reason === 'retrying').length;
}
