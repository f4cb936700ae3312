import { CalledProgram } from '../test-processes/called-program.ts';
import type { RollbackFigures } from './g14/campaign.ts';
import { ROLLBACKS } from './g14/rollback.ts';
import type { Figures, ProofOptions } from './proof.ts';
import { quantile } from './rig/quantile.ts';

/** What the campaign prints. */
export interface RollbacksFigures extends Figures {
  readonly promise: 'G14';
  readonly seed: number;
  readonly rollbacks: Readonly<Record<string, number>>;
  readonly viewsCompared: number;
  readonly staleViews: number;
  /** From when Redis answered until every view was true. */
  readonly trueInMs: { readonly p50: number | null; readonly p99: number | null };
  /** One view of those that were stale for too long. */
  readonly example: string | null;
}

/** [G14] Redis rolled back: no view stays on the lost future for more than 5 s after Redis answers. */
export async function proveRollback({ seed, seconds }: ProofOptions): Promise<RollbacksFigures> {
  const started = Date.now();
  const program = await CalledProgram.start(new URL('./g14/rollbacks.program.ts', import.meta.url));
  try {
    const kinds = Object.keys(ROLLBACKS);
    const done = await program.call<readonly RollbackFigures[]>('rollBack', { seed, seconds, least: kinds.length });
    const times = done.map(({ trueInMs }) => trueInMs);
    const staleViews = done.reduce((sum, { stale }) => sum + stale, 0);
    return {
      promise: 'G14',
      seed,
      rollbacks: Object.fromEntries(kinds.map((kind) => [kind, done.filter((one) => one.kind === kind).length])),
      viewsCompared: done.reduce((sum, { views }) => sum + views, 0),
      staleViews,
      trueInMs: { p50: quantile(times, 0.5), p99: quantile(times, 0.99) },
      example: done.map(({ kind, example }) => example && `${kind}: ${example}`).find((example) => example !== null) ?? null,
      seconds: Math.round((Date.now() - started) / 1000),
      broken: staleViews > 0,
    };
  } finally {
    await program.stop();
  }
}
