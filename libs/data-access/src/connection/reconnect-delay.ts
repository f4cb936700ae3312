import type { ConnectionEnd } from './connection-end';

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** For so many tries, half a minute or so, it is never longer: a server that restarts is back by then. */
const EARLY_TRIES = 9;
const LONGEST_EARLY_MS = 5_000;

/**
 * Milliseconds until the next try after so many failures in a row [C7]: doubling up to 5 s, and after half a minute on to
 * 30 s, each between half and all of it so that many clients do not come back at once, and never sooner than the server
 * asked for. A first refused token is replaced at once.
 *
 * @param random a number from 0 to 1
 */
export function reconnectDelay(end: Pick<ConnectionEnd, 'remedy' | 'retryAfterMs'>, failures: number, random = Math.random()): number {
  if (end.remedy === 'new-token' && failures === 1) return end.retryAfterMs;
  const early = Math.min(LONGEST_EARLY_MS, FIRST_MS * 2 ** (failures - 1));
  const longest = failures <= EARLY_TRIES ? early : Math.min(LONGEST_MS, LONGEST_EARLY_MS * 2 ** (failures - EARLY_TRIES));
  return Math.max(end.retryAfterMs, longest * (0.5 + random / 2));
}
