/** Milliseconds by a clock that all processes of this machine share, unlike `performance.now()`. */
export function machineNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** Milliseconds in five digits: fits where a job keeps how far it is, and comes round after 100 s. */
export const stampOf = (now: number): number => Math.floor(now) % STAMPS;

/** How long ago, in ms, a stamp was made. */
export const ageOf = (stamp: number, now: number): number => ((now % STAMPS) - stamp + STAMPS) % STAMPS;

/** Stamps are below this. */
export const STAMPS = 100_000;
