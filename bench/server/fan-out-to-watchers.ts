import type { Bench } from '../bench.ts';
import { median } from '../rig/median.ts';
import { Random } from '../rig/random.ts';
import type { Watch } from './load/watch.ts';
import { fanOut, type FanOutFigures } from './rig/fan-out.ts';

const VIEWERS = 200;
const WATCHED = 50;
/** Of those a viewer replaces so many, one after the other. */
const CHANGING = 10;

/** Everybody looks at other jobs, and pages are turned. */
export const fanOutToWatchers: Bench = {
  name: 'fan-out-to-watchers',
  measures:
    '200 viewers of 50 random ones of 1,000 jobs that change 50 times a second each, while 100 times a second a viewer watches another job in place of one.',
  figures: {
    ratio: {
      what: "200 viewers of 50 random jobs each: changes seen per CPU-second, against the guide's gateway",
      unit: '×',
      atLeast: 10,
      beside: ['seen', 'guideSeen', 'cpu', 'guideCpu', 'age', 'age99', 'guideAge'],
    },
    seen: { what: 'source changes of all jobs per CPU-second', unit: '/s' },
    guideSeen: { what: "the guide's", unit: '/s' },
    cpu: { what: 'CPU of one core', unit: '%' },
    guideCpu: { what: "the guide's", unit: '%' },
    age: { what: 'age of what is seen, p50', unit: 'ms' },
    age99: { what: 'p99', unit: 'ms' },
    guideAge: { what: "the guide's p50", unit: 'ms' },
  },
  run: async ({ full, seed }) => {
    const [guide, harmonia]: [FanOutFigures[], FanOutFigures[]] = [[], []];
    for (let round = 0; round < (full ? 7 : 1); round++) {
      const stream = { seed: seed + round, jobs: 1000, progress: 'time', endsEvery: 5000 } as const;
      const setting = { stream, rate: 50_000, viewers: VIEWERS, seconds: full ? 10 : 5 };
      const watch = (words: Watch['words']) => (ids: readonly string[]) => randomWatches(ids, stream.seed, words);
      guide.push(await fanOut({ ...setting, kind: 'guide', watch: watch('guide') }));
      harmonia.push(await fanOut({ ...setting, kind: 'harmonia', auth: { protocol: 1 }, watch: watch('sync') }));
    }
    return compared(harmonia, guide);
  },
};

/** What a viewer keeps watching is what is measured and compared; the jobs that it changes come on top. */
function randomWatches(ids: readonly string[], seed: number, words: Watch['words']): Watch {
  const random = new Random(seed);
  const some = (count: number) => {
    const chosen = new Set<string>();
    while (chosen.size < count) chosen.add(ids[random.below(ids.length)] ?? '');
    return [...chosen];
  };
  const viewers = Array.from({ length: VIEWERS }, () => some(WATCHED));
  const kept = viewers.map((jobs) => jobs.slice(0, WATCHED - CHANGING));
  const others = viewers.map((jobs, index) => {
    const others = some(2 * WATCHED).filter((id) => !kept[index]?.includes(id));
    return [...jobs.slice(WATCHED - CHANGING), ...others.filter((id) => !jobs.includes(id))];
  });
  return { kind: 'jobs', words, ids: kept, changing: { pools: others, atOnce: CHANGING, perSecond: 100 } };
}

type Rounds = readonly FanOutFigures[];

function compared(harmonia: Rounds, guide: Rounds): Record<string, number> {
  const of = (rounds: Rounds, figure: (one: FanOutFigures) => number) => median(rounds.map(figure));
  const seen = (one: FanOutFigures) => (one.seenPerCpuSecond * 1000) / (WATCHED - CHANGING);
  return {
    ratio: of(harmonia, seen) / of(guide, seen),
    seen: of(harmonia, seen),
    guideSeen: of(guide, seen),
    cpu: 100 * of(harmonia, (one) => one.cpuShare),
    guideCpu: 100 * of(guide, (one) => one.cpuShare),
    age: of(harmonia, (one) => one.ages.p50),
    age99: of(harmonia, (one) => one.ages.p99),
    guideAge: of(guide, (one) => one.ages.p50),
  };
}
