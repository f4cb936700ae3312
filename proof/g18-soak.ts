import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisServer } from '../test-processes/redis-server.ts';
import { drained, type Drain } from './g18/drain.ts';
import { MeasuredGateway, type Count } from './g18/measured-gateway.ts';
import { Rounds, type Rest } from './g18/rounds.ts';
import { slopeOf } from './g18/slope.ts';
import type { Figures, ProofOptions } from './proof.ts';
import { Random } from './rig/random.ts';

/** A slope in KiB, and how far it may be off: twice its standard error. */
interface Slope {
  readonly slope: number;
  readonly plusMinus: number;
}

/** What the campaign prints. */
export interface SoakFigures extends Figures {
  readonly promise: 'G18';
  readonly seed: number;
  readonly connections: number;
  readonly jobs: number;
  /** Those before fill what is bounded. */
  readonly roundsMeasured: number;
  readonly heapMiB: FirstAndLast;
  readonly heapKiBPerMinute: Slope;
  readonly heapKiBPerThousandConnections: Slope;
  readonly handles: FirstAndLast;
  readonly listeners: FirstAndLast;
  readonly emitters: FirstAndLast;
  readonly functions: FirstAndLast;
  readonly tooManyListeners: number;
  readonly drain: Drain;
}

/** At the first measured moment, and at the last. */
interface FirstAndLast {
  readonly first: number;
  readonly last: number;
}

/** So many rounds fill what is bounded, and let the compiler come to rest. */
const ROUNDS_TO_WARM_UP = 4;
const LEAST_ROUNDS_MEASURED = 4;
/** A slope that is certainly above this is a leak. */
const MOST_KIB_PER_MINUTE = 256;
const MOST_KIB_PER_THOUSAND_CONNECTIONS = 256;
const MOST_MORE_HANDLES = 3;
/** Fewer than connections in the fewest rounds: one function that is kept of each is found. */
const MOST_MORE_FUNCTIONS = 200;
const DRAIN_MS = 10_000;

/**
 * [G18] Clients come to one gateway, watch, leave in every way, and jobs are made, reported and deleted, round after round.
 * Between the rounds nobody and nothing is there, so that what the gateway holds has to be what it held before. In the end it
 * is told to stop, with open, stuck and slow clients on it.
 */
export async function proveSoak({ seed, seconds }: ProofOptions): Promise<SoakFigures> {
  const started = Date.now();
  const redis = await RedisServer.start();
  const dataDir = await mkdtemp(join(tmpdir(), 'harmonia-g18-'));
  const gateway = await MeasuredGateway.start(dataDir, redis.url);
  const rounds = await Rounds.prepare(gateway, redis.url, new Random(seed));
  try {
    for (let round = 0; round < ROUNDS_TO_WARM_UP; round++) await rounds.next();
    const first = await gateway.count();
    const rests: Rest[] = [];
    while (rests.length < LEAST_ROUNDS_MEASURED || Date.now() - started < seconds * 1000) rests.push(await rounds.next());
    const held = figuresOf(rests, first, await gateway.count());
    const drain = await drained(gateway.process, DRAIN_MS);
    const broken = leaks(held) || drain.status !== 0 || drain.ms > DRAIN_MS || drain.told < drain.reading;
    return { promise: 'G18', seed, ...held, drain, seconds: Math.round((Date.now() - started) / 1000), broken };
  } finally {
    await rounds.end();
    await gateway.process.kill();
    await redis.remove();
    await rm(dataDir, { recursive: true, force: true });
  }
}

type Held = Omit<SoakFigures, 'promise' | 'seed' | 'drain' | 'seconds' | 'broken'>;

function figuresOf(rests: readonly Rest[], before: Count, after: Count): Held {
  const [first, last] = [rests.at(0), rests.at(-1)];
  if (!first || !last) throw new Error('There is nothing to measure.');
  const firstAndLast = (of: (rest: Rest) => number): FirstAndLast => ({ first: of(first), last: of(last) });
  const slope = (x: (rest: Rest) => number): Slope => {
    const { slope: found, error } = slopeOf(rests.map((rest) => ({ x: x(rest), y: rest.heapBytes / 1024 })));
    return { slope: rounded(found), plusMinus: rounded(2 * error) };
  };
  return {
    connections: last.connections,
    jobs: last.jobs,
    roundsMeasured: rests.length,
    heapMiB: firstAndLast(({ heapBytes }) => rounded(heapBytes / 1024 / 1024)),
    heapKiBPerMinute: slope(({ atMs }) => atMs / 60_000),
    heapKiBPerThousandConnections: slope(({ connections }) => connections / 1000),
    handles: firstAndLast(({ handles }) => handles),
    listeners: firstAndLast(({ listeners }) => listeners),
    emitters: { first: before.emitters, last: after.emitters },
    functions: { first: before.functions, last: after.functions },
    tooManyListeners: last.tooManyListeners,
  };
}

function leaks({ heapKiBPerMinute, heapKiBPerThousandConnections, handles, listeners, functions, tooManyListeners }: Held): boolean {
  const isCertainlyAbove = ({ slope, plusMinus }: Slope, most: number) => slope - plusMinus > most;
  const grows = ({ first, last }: FirstAndLast, most: number) => last > first + most;
  return (
    isCertainlyAbove(heapKiBPerMinute, MOST_KIB_PER_MINUTE) ||
    isCertainlyAbove(heapKiBPerThousandConnections, MOST_KIB_PER_THOUSAND_CONNECTIONS) ||
    grows(handles, MOST_MORE_HANDLES) ||
    grows(listeners, 0) ||
    grows(functions, MOST_MORE_FUNCTIONS) ||
    tooManyListeners > 0
  );
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
