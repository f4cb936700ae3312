/** Milliseconds by a clock that all processes of this machine share, unlike `performance.now()`. */
export function machineNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** Tenths of a millisecond in seven digits: fits where a job keeps how far it is, and comes round after 16 minutes. */
export const stampOf = (now: number): number => Math.floor(now * 10) % STAMPS;

/** How long ago, in ms, a stamp was made. */
export const ageOf = (stamp: number, now: number): number => ((stampOf(now) - stamp + STAMPS) % STAMPS) / 10;

/** Stamps are below this. */
export const STAMPS = 1e7;
