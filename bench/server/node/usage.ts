/** What the process has used since it began; CPU in µs, time in ms. */
export interface Usage {
  readonly user: number;
  readonly system: number;
  /** Changes told. */
  readonly changes: number;
  readonly at: number;
}

/** Bytes of memory, after a collection. */
export interface Memory {
  /** Objects, and buffers outside of the heap. */
  readonly live: number;
  readonly resident: number;
}

/** Collects first: what is left is held by somebody. */
export function memoryNow(): Memory {
  gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { live: heapUsed + external, resident: rss };
}

/** CPU seconds between two readings, on all threads of the process. */
export const cpuSeconds = (before: Usage, after: Usage): number => (after.user - before.user + after.system - before.system) / 1e6;
