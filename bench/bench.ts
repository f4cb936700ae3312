/** One number that a bench measures: the median of its rounds, or a ratio of such medians. */
export interface Figure {
  /** What it is, as the table says it. */
  readonly what: string;
  /** `µs`, `×`, `events/s` …; empty for a plain count. */
  readonly unit: string;
  /** The bound: missed below this, and missed when it was not measured. */
  readonly atLeast?: number;
  /** The bound: missed above this, and missed when it was not measured. */
  readonly atMost?: number;
  /** Names of figures of the same bench that the table shows beside it. */
  readonly beside?: readonly string[];
}

/** What something costs: the less, the better. */
export interface Cost {
  readonly what: string;
  readonly unit: string;
  readonly value: number;
}

/** How thoroughly to measure, and which random stream to feed. */
export interface BenchOptions {
  /** The long form: more rounds, larger sizes. The short form of one bench is to take a minute at most. */
  readonly full: boolean;
  readonly seed: number;
}

/**
 * One bench, in a file of its own, listed in benches.ts. It runs product and peer in turns, and throws when a final state or
 * the count of terminals is not what a plain fold of the stream says: such figures are worth nothing.
 *
 * @example
 * export const lone: Bench = {
 *   name: 'lone-event',
 *   measures: 'How long one event takes through an idle server.',
 *   figures: { ratio: { what: 'lone event, p50, against bare Socket.IO', unit: '×', atMost: 1.3, beside: ['harmonia', 'bare'] }, … },
 *   run: async ({ full, seed }) => ({ ratio: 1.1, harmonia: 0.41, bare: 0.37 }),
 * };
 */
export interface Bench {
  /** What `npm run bench -- <name>` calls it. */
  readonly name: string;
  /** What is measured and how it is fed, in a sentence or two. */
  readonly measures: string;
  readonly figures: Readonly<Record<string, Figure>>;
  /** A value for each of the figures. */
  run(options: BenchOptions): Promise<Readonly<Record<string, number>>>;
  /** One round of some seconds without the peers, always the same costs in the same order: for `--against`. */
  costs?(seed: number): Promise<readonly Cost[]>;
}
