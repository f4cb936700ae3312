import { DelayedError, RateLimitError, UnrecoverableError, WaitingChildrenError, WaitingError } from 'bullmq';
import { fateOf } from './fate.js';

describe('what BullMQ makes of a job that has thrown', () => {
  const broken = new Error('Broken.');

  it.each([
    ['the first of three tries', 0, 3, broken, 'retried'],
    ['the second of three tries', 1, 3, 'no error at all', 'retried'],
    ['the last of three tries', 2, 3, broken, 'failed'],
    ['the only try', 0, undefined, broken, 'failed'],
    ['an end of its own', 0, 3, new UnrecoverableError(), 'failed'],
    ['a delay', 0, 1, new DelayedError(), 'put back'],
    ['a wait', 0, 1, new WaitingError(), 'put back'],
    ['a wait for children', 0, 1, new WaitingChildrenError(), 'put back'],
    ['a limit', 0, 1, new RateLimitError(), 'put back'],
  ] as const)('after %s', (_, attemptsMade, attempts, error, fate) => {
    expect(fateOf({ attemptsMade, opts: { attempts } }, error)).toBe(fate);
  });
});
