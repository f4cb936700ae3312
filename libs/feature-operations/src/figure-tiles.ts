import type { OperationsSample, OperationsTotals } from '@harmonia/data-access/operations';
import { counted } from './counted';
import { Lag } from './lag';
import type { Point } from './sparkline-path';

/** A figure with its past. */
export interface FigureTile {
  readonly name: string;
  readonly figure: string;
  /** What else there is to say of it. */
  readonly aside: string;
  readonly points: readonly Point[];
  /** Its past in words. */
  readonly words: string;
}

const lag = new Lag();
const inWords = (milliseconds: number) => lag.transform(milliseconds);

/** The figures that have a past. */
export function figureTiles(totals: OperationsTotals, samples: readonly OperationsSample[]): readonly FigureTile[] {
  const { connected, users, eventsInPerSecond, eventsOutPerSecond, deliveryLagMs } = totals;
  const tile = (
    name: string,
    figure: string,
    aside: string,
    of: (sample: OperationsSample) => number | null,
    say = counted,
  ): FigureTile => {
    const points = samples.map((sample) => ({ at: sample.at, value: of(sample) }));
    return { name, figure, aside, points, words: `${name} in the last 5 minutes: ${range(points, say)}` };
  };
  return [
    tile('Connections', counted(connected), users === 1 ? '1 user' : `${counted(users)} users`, (sample) => sample.connected),
    tile('Changes heard', counted(eventsInPerSecond), 'a second', (sample) => sample.eventsInPerSecond),
    tile('Messages sent', counted(eventsOutPerSecond), 'a second', (sample) => sample.eventsOutPerSecond),
    tile(
      'Delivery lag',
      lag.transform(deliveryLagMs?.p99),
      deliveryLagMs ? `for 99 %; ${inWords(deliveryLagMs.p50)} for half` : 'nothing told lately',
      (sample) => sample.deliveryLagP99Ms,
      inWords,
    ),
  ];
}

function range(points: readonly Point[], say: (value: number) => string): string {
  const values = points.flatMap(({ value }) => value ?? []);
  if (values.length === 0) return 'none';
  const [least, most] = [say(Math.min(...values)), say(Math.max(...values))];
  return least === most ? `steady at ${least}` : `between ${least} and ${most}`;
}
