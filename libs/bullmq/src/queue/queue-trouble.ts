import { Logger } from '@nestjs/common';

/** At most one line in so long. */
const TELL_AGAIN = 60_000;

/** Tells of what goes wrong with BullMQ: it tries again by itself, many times a second. */
export class QueueTrouble {
  private readonly logger: Logger;
  private toldAt = -Infinity;

  constructor(of: string) {
    this.logger = new Logger(of);
  }

  tell(error: Error): void {
    const now = performance.now();
    if (now - this.toldAt < TELL_AGAIN) return;
    this.toldAt = now;
    this.logger.warn(
      `BullMQ: ${error.message.replace(/\.?$/, '.')} Jobs wait, and go on by themselves. If it stays, see that Redis runs and that its address and password are right.`,
    );
  }
}
