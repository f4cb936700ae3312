import { CalledProgram } from '../test-processes/called-program.ts';
import type { OutageFigures } from './g13/campaign.ts';
import { OUTAGES } from './g13/outage.ts';
import type { Figures, ProofOptions } from './proof.ts';

/** What the campaign prints. */
export interface OutagesFigures extends Figures {
  readonly promise: 'G13';
  readonly seed: number;
  readonly outages: Readonly<Record<string, number>>;
  readonly asked: number;
  readonly unanswered: number;
  /** Later than clients wait, 5 s: they ask again then [C9]. */
  readonly answeredLate: number;
  readonly slowestAnswerMs: number;
  readonly exits: number;
  readonly unhandledRejections: number;
  /** Until a job could be created and every view was true, the slowest of each kind. */
  readonly recoveredInMs: Readonly<Record<string, number | null>>;
  /** Whatever was otherwise than promised, in words. */
  readonly faults: readonly string[];
}

/** [G13] Redis away, in every way that we know: the gateway stays up, answers `unavailable`, says why, and recovers unaided. */
export async function proveOutages({ seed, seconds }: ProofOptions): Promise<OutagesFigures> {
  const started = Date.now();
  const program = await CalledProgram.start(new URL('./g13/outages.program.ts', import.meta.url));
  try {
    const suffered = await program.call<readonly OutageFigures[]>('suffer', { seed, seconds, least: OUTAGES.length });
    const faults = suffered.flatMap((one) => one.faults.map((fault) => `${one.kind}: ${fault}`));
    const about = (words: string) => faults.filter((fault) => fault.includes(words)).length;
    return {
      promise: 'G13',
      seed,
      outages: Object.fromEntries(byKind(suffered, (those) => those.length)),
      asked: suffered.reduce((sum, { asked }) => sum + asked, 0),
      unanswered: about('answered: silent'),
      answeredLate: suffered.reduce((sum, { answeredLate }) => sum + answeredLate, 0),
      slowestAnswerMs: Math.max(...suffered.map(({ slowestAnswerMs }) => slowestAnswerMs)),
      exits: about('the gateway ended'),
      unhandledRejections: about('its log speaks of'),
      recoveredInMs: Object.fromEntries(byKind(suffered, (those) => slowest(those.map(({ recoveredInMs }) => recoveredInMs)))),
      faults: [...new Set(faults)].slice(0, 20),
      seconds: Math.round((Date.now() - started) / 1000),
      broken: faults.length > 0,
    };
  } finally {
    await program.stop();
  }
}

function byKind<Value>(suffered: readonly OutageFigures[], of: (those: readonly OutageFigures[]) => Value): (readonly [string, Value])[] {
  const kinds = [...new Set(suffered.map(({ kind }) => kind))].sort();
  return kinds.map((kind) => [kind, of(suffered.filter((one) => one.kind === kind))] as const);
}

const slowest = (times: readonly (number | null)[]): number | null => {
  const known = times.filter((time) => time !== null);
  return known.length < times.length ? null : Math.max(...known);
};
