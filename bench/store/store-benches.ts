import type { Bench, BenchOptions, Figure } from '../bench.ts';
import { median } from '../rig/median.ts';
import { runProgram } from '../rig/program.ts';
import type { ContenderName, Contest, Outcomes } from './contest.ts';

const PROGRAM = new URL('./store.program.ts', import.meta.url);
const EVENTS = 100;
const SHORT_ROUNDS = 9;
const FULL_ROUNDS = 31;

type Frames = Contest['frames'];
type Medians = Readonly<Record<'harmonia' | 'singly' | 'updateMany' | 'guide' | 'map' | 'mapInStore', number>>;

const perEvent = (what: string): Figure => ({ what, unit: 'µs' });
const times = {
  harmonia: perEvent('Harmonia'),
  singly: perEvent('one message an event'),
  updateMany: perEvent('updateMany'),
  guide: perEvent('the guide'),
  map: perEvent('Map.set({...job})'),
  mapInStore: perEvent('the same map behind one NgRx action a frame'),
};

interface Terms extends BenchOptions {
  readonly jobs: number;
  readonly frames: Frames;
  readonly checks?: boolean;
  readonly endsEvery?: number;
  readonly eventsPerFrame?: number;
}

async function contested({ seed, full, checks = false, ...terms }: Terms): Promise<Outcomes> {
  const rounds = full ? FULL_ROUNDS : SHORT_ROUNDS;
  const contest: Contest = { eventsPerFrame: EVENTS, endsEvery: 0, ...terms, seed, rounds };
  // what contest() answered
  return (await runProgram(PROGRAM, contest, { checks })) as Outcomes;
}

/** Of each contender the median in microseconds an event; NaN of those that did not take part. */
async function mediansOf(terms: Terms): Promise<Medians> {
  const outcomes = await contested(terms);
  const of = (name: ContenderName) => (outcomes[name] ? median(outcomes[name].times) : NaN);
  return {
    harmonia: of('harmonia'),
    singly: of('singly'),
    updateMany: of('updateMany'),
    guide: of('guide'),
    map: of('map'),
    mapInStore: of('mapInStore'),
  };
}

/** With one event in a thousand that ends its job: each time the entities are copied, beside their progress. */
async function withEnds(terms: Terms): Promise<Record<'mixed' | 'mixedRatio', number>> {
  const { harmonia, updateMany } = await mediansOf({ ...terms, endsEvery: 1000 });
  return { mixed: harmonia, mixedRatio: updateMany / harmonia };
}

const mixed = {
  mixed: perEvent('Harmonia, one event in 1,000 ends its job'),
  mixedRatio: { what: 'the same against updateMany', unit: '×' },
};

const floor = (jobs: string): Figure => ({
  what: `store, per event, ${jobs} jobs, against Map.set({...job})`,
  unit: '×',
  atMost: 3,
  beside: ['harmonia', 'singly', 'map', 'mapInStore', 'mixed'],
});

const fed = '100 progress events a frame, production mode, medians per event. Told as one message a frame, as frames [E4] bring it';

/** The times of those that take part. */
const timesOf = (frames: Frames) => Object.fromEntries(Object.entries(times).filter(([name]) => name in frames));

const storeAt = (jobs: number, frames: Frames): Bench => ({
  name: `store-${jobs}`,
  measures: `${jobs} jobs in the store, ${fed}.`,
  figures: { floorRatio: floor(jobs.toLocaleString('en-US')), ...timesOf(frames), ...mixed },
  run: async (options) => {
    const medians = await mediansOf({ ...options, jobs, frames });
    const ends = await withEnds({ ...options, jobs, frames: { harmonia: 100, updateMany: frames.updateMany ?? 1 } });
    return { ...medians, ...ends, floorRatio: medians.harmonia / medians.map };
  },
});

const store10000: Bench = {
  name: 'store-10000',
  measures: `10,000 jobs in the store, ${fed}.`,
  figures: {
    updateManyRatio: {
      what: 'store, per event, 10,000 jobs, against updateMany a frame',
      unit: '×',
      atLeast: 20,
      beside: ['harmonia', 'updateMany', 'mixedRatio'],
    },
    guideRatio: { what: 'the same against the guide', unit: '×', atLeast: 1000, beside: ['guide'] },
    floorRatio: floor('10,000'),
    ...times,
    ...mixed,
  },
  run: async (options) => {
    const jobs = 10_000;
    const medians = await mediansOf({
      ...options,
      jobs,
      frames: { harmonia: 200, singly: 200, updateMany: 5, guide: 1, map: 200, mapInStore: 200 },
    });
    const ends = await withEnds({ ...options, jobs, frames: { harmonia: 100, updateMany: 5 } });
    const { harmonia, updateMany, guide, map } = medians;
    return { ...medians, ...ends, updateManyRatio: updateMany / harmonia, guideRatio: guide / harmonia, floorRatio: harmonia / map };
  },
};

const storeSmall: Bench = {
  name: 'store-small',
  measures:
    'Few jobs in the store, where a plain updateOne for each event is cheap: 100 events a frame, and one; each in a message of its own.',
  figures: {
    ratio20: {
      what: 'store, per event, 20 jobs, against updateOne',
      unit: '×',
      atLeast: 1,
      beside: ['harmonia20', 'updateOne20', 'lone20'],
    },
    ratio200: {
      what: 'store, per event, 200 jobs, against updateOne',
      unit: '×',
      atLeast: 1,
      beside: ['harmonia200', 'updateOne200', 'lone200'],
    },
    ...Object.fromEntries(
      ['20', '200'].flatMap((jobs) => [
        [`harmonia${jobs}`, perEvent('Harmonia')],
        [`updateOne${jobs}`, perEvent('updateOne')],
        [`lone${jobs}`, { what: 'ratio with one event a frame', unit: '×' }],
      ]),
    ),
  },
  run: async (options) => {
    const figures: Record<string, number> = {};
    for (const jobs of [20, 200]) {
      const many = await mediansOf({ ...options, jobs, frames: { singly: 200, guide: 200 } });
      const lone = await mediansOf({ ...options, jobs, eventsPerFrame: 1, frames: { singly: 5000, guide: 5000 } });
      figures[`ratio${jobs}`] = many.guide / many.singly;
      figures[`harmonia${jobs}`] = many.singly;
      figures[`updateOne${jobs}`] = many.guide;
      figures[`lone${jobs}`] = lone.guide / lone.singly;
    }
    return figures;
  },
};

const storeChecks: Bench = {
  name: 'store-checks',
  measures: '10,000 jobs in the store in development mode, with the runtime checks that NgRx has on by default; 100 events a frame.',
  figures: {
    ratio: {
      what: 'store with development checks, 10,000 jobs, against the guide',
      unit: '×',
      atLeast: 300,
      beside: ['harmonia', 'guide', 'updateMany'],
    },
    harmonia: times.harmonia,
    guide: times.guide,
    updateMany: times.updateMany,
  },
  run: async (options) => {
    const frames = { harmonia: 50, updateMany: 3, guide: 1 };
    const { harmonia, updateMany, guide } = await mediansOf({ ...options, jobs: 10_000, checks: true, frames });
    return { ratio: guide / harmonia, harmonia, guide, updateMany };
  },
};

const storeWatchers: Bench = {
  name: 'store-watchers',
  measures: '10,000 jobs, 500 of them shown by injectJob, each in a view that an effect renders; 100 events a frame.',
  figures: {
    projections: { what: 'projector runs per changed, watched job and frame', unit: '', atMost: 1 },
    cost: { what: '500 watchers against none, per event', unit: '×', atMost: 1.5, beside: ['watched', 'none'] },
    watched: perEvent('500 watchers'),
    none: perEvent('none'),
  },
  run: async (options) => {
    const outcomes = await contested({ ...options, jobs: 10_000, frames: { unwatched: 200, watched: 200 } });
    const { unwatched, watched } = outcomes;
    if (!unwatched || !watched) throw new Error('A contender is missing.');
    const [none, some] = [median(unwatched.times), median(watched.times)];
    return { projections: watched.projections, cost: some / none, watched: some, none };
  },
};

/** The benches of the store, in the order of the table. */
export const STORE_BENCHES: readonly Bench[] = [
  storeSmall,
  storeAt(1000, { harmonia: 200, singly: 200, updateMany: 20, guide: 3, map: 200, mapInStore: 200 }),
  store10000,
  storeAt(100_000, { harmonia: 200, singly: 200, updateMany: 2, map: 200, mapInStore: 200 }),
  storeChecks,
  storeWatchers,
];
