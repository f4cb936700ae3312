import type { Logger } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';

const AGAIN_AFTER_MS = 1000;

/** Does what may fail while a store is away, again and again until it works or nobody wants it any more. Never rejects. */
export async function untilItWorks(work: () => Promise<void>, isWanted: () => boolean, logger: Logger): Promise<void> {
  for (let tries = 1; isWanted(); tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === 1) logger.warn(`It is tried again until it works: ${String(error)}`);
      await wait(AGAIN_AFTER_MS, undefined, { ref: false });
    }
  }
}
