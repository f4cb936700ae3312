import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import type { Bench, BenchOptions, Figure } from './bench.ts';

/** A figure with what was measured. */
export interface MeasuredFigure extends Figure {
  /** Null when the bench did not come up with it. */
  readonly value: number | null;
  /** Null where there is no bound. */
  readonly isMet: boolean | null;
}

/** What one run of one bench came to. */
export interface BenchResult {
  readonly name: string;
  readonly measures: string;
  readonly figures: Readonly<Record<string, MeasuredFigure>>;
  /** Why it did not come to its end; null when it did. */
  readonly error: string | null;
  readonly seconds: number;
}

/** What results.json holds. */
export interface Results {
  readonly date: string;
  readonly commit: string;
  readonly node: string;
  readonly machine: string;
  readonly full: boolean;
  readonly seed: number;
  readonly benches: readonly BenchResult[];
}

/** Runs one bench; one that throws has missed all its bounds. */
export async function measured(bench: Bench, options: BenchOptions): Promise<BenchResult> {
  const start = Date.now();
  const { name, measures } = bench;
  try {
    const values = await bench.run(options);
    return { name, measures, figures: judged(bench, values), error: null, seconds: secondsSince(start) };
  } catch (error) {
    return { name, measures, figures: judged(bench, {}), error: String(error), seconds: secondsSince(start) };
  }
}

/** Whether every bound was met. */
export const isMet = ({ error, figures }: BenchResult): boolean =>
  error === null && Object.values(figures).every((figure) => figure.isMet !== false);

/** What else one has to know to judge the figures. */
export function circumstances(options: BenchOptions): Omit<Results, 'benches'> {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim(),
    node: process.version,
    machine: `${processors.length} × ${processors[0]?.model ?? 'unknown processor'}, ${memory} GiB, ${process.platform}`,
    ...options,
  };
}

function judged({ figures }: Bench, values: Readonly<Record<string, number>>): BenchResult['figures'] {
  const judge = (name: string, figure: Figure): MeasuredFigure => {
    const value = values[name];
    const known = value !== undefined && Number.isFinite(value) ? value : null;
    return { ...figure, value: known, isMet: withinBound(figure, known) };
  };
  return Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, judge(name, figure)]));
}

function withinBound({ atLeast, atMost }: Figure, value: number | null): boolean | null {
  if (atLeast === undefined && atMost === undefined) return null;
  return value !== null && value >= (atLeast ?? -Infinity) && value <= (atMost ?? Infinity);
}

const secondsSince = (start: number): number => Math.round((Date.now() - start) / 100) / 10;
