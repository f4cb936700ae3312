import { RefusalError, type Refusal } from '@harmonia/contract';
import type { LoggerService } from '@nestjs/common';

/**
 * What is said of any error: a refusal keeps its words; everything else is `internal-error` outside and is logged, with
 * where it happened and never with what was sent.
 */
export function refusalOf(error: unknown, where: string, log: Pick<LoggerService, 'error'>): Refusal {
  if (error instanceof RefusalError) return error.toRefusal();
  log.error(`${where} failed: ${error instanceof Error ? (error.stack ?? error.message) : 'something that is no Error was thrown'}`);
  return new RefusalError('internal-error').toRefusal();
}
