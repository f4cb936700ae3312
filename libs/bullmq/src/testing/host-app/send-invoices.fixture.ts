import type { Processor } from 'bullmq';
import { setTimeout as wait } from 'node:timers/promises';

/** What an application that has BullMQ already works on. */
export interface Invoices {
  readonly userId: string;
  readonly pages: number;
  /** How many starts of the processor go wrong. */
  readonly failures?: number;
  /** Whether the first start never ends by itself. */
  readonly hangs?: boolean;
}

/** Its processor: it knows nothing of Harmonia. */
export const sendInvoices: Processor<Invoices, { sent: number }> = async (job, _, signal) => {
  const { pages, failures = 0, hangs = false } = job.data;
  for (let page = 1; page <= pages; page++) {
    await job.updateProgress({ current: page, total: pages, message: `Page ${page}` });
    if (job.attemptsMade < failures) throw new Error('smtp://secret is away');
  }
  while (hangs && job.attemptsStarted === 1) {
    await wait(20, undefined, { signal });
    await job.updateProgress({ current: pages, total: pages + 1, message: String(Date.now()) });
  }
  return { sent: pages };
};
