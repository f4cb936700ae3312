import type { Bench } from '../bench.ts';
import { median } from '../rig/median.ts';
import { fanOut, type FanOutFigures } from './rig/fan-out.ts';

/** The default of the gateway's `frames.intervalMs`. */
const FLUSH_MS = 50;

/** 1,000 jobs report 50 times a second each, and everybody looks at all of them. */
export const fanOutToAll: Bench = {
  name: 'fan-out-to-all',
  measures:
    '200 viewers of all of 1,000 jobs that change 50 times a second each; a source change counts when a viewer saw it or saw it superseded.',
  figures: {
    ratio: {
      what: "source changes seen per CPU-second, against the guide's gateway",
      unit: '×',
      atLeast: 200,
      beside: ['textRatio', 'seen', 'guideSeen', 'messageRatio'],
    },
    age: { what: 'age of what is seen, p50', unit: 'ms', atMost: FLUSH_MS + 10, beside: ['age99', 'guideAge', 'cpu', 'guideCpu'] },
    textRatio: { what: 'without compression', unit: '×' },
    seen: { what: 'source changes seen per CPU-second', unit: '/s' },
    guideSeen: { what: "the guide's", unit: '/s' },
    messageRatio: { what: "messages to all viewers per CPU-second, against the guide's", unit: '×' },
    age99: { what: 'p99', unit: 'ms' },
    guideAge: { what: "the guide's p50, at what it manages", unit: 'ms' },
    cpu: { what: 'CPU of one core', unit: '%' },
    guideCpu: { what: "the guide's, for the changes a second that it manages", unit: '%' },
    changes: { what: 'source changes a second', unit: '/s' },
    guideChanges: { what: "the guide's", unit: '/s' },
  },
  run: async ({ full, seed }) => {
    const [guide, harmonia, text]: [FanOutFigures[], FanOutFigures[], FanOutFigures[]] = [[], [], []];
    for (let round = 0; round < (full ? 7 : 2); round++) {
      const stream = { seed: seed + round, jobs: 1000, progress: 'time', endsEvery: 5000 } as const;
      const setting = { stream, rate: 50_000, viewers: 200, seconds: full ? 10 : 4 };
      guide.push(await fanOut({ ...setting, kind: 'guide', watch: () => ({ kind: 'all', words: 'guide' }) }));
      const ours = { ...setting, kind: 'harmonia', watch: () => ({ kind: 'all', words: 'sync' }) as const } as const;
      harmonia.push(await fanOut({ ...ours, auth: { protocol: 1, inflate: true } }));
      text.push(await fanOut({ ...ours, auth: { protocol: 1 } }));
    }
    return { ...compared(harmonia, guide), textRatio: seenOf(text) / seenOf(guide) };
  },
};

type Rounds = readonly FanOutFigures[];

const seenOf = (rounds: Rounds) => median(rounds.map((one) => one.seenPerCpuSecond));

function compared(harmonia: Rounds, guide: Rounds): Record<string, number> {
  const of = (rounds: Rounds, figure: (one: FanOutFigures) => number) => median(rounds.map(figure));
  const ratio = (figure: (one: FanOutFigures) => number) => of(harmonia, figure) / of(guide, figure);
  return {
    ratio: ratio((one) => one.seenPerCpuSecond),
    age: of(harmonia, (one) => one.ages.p50),
    seen: of(harmonia, (one) => one.seenPerCpuSecond),
    guideSeen: of(guide, (one) => one.seenPerCpuSecond),
    messageRatio: ratio((one) => one.messagesPerCpuSecond),
    age99: of(harmonia, (one) => one.ages.p99),
    guideAge: of(guide, (one) => one.ages.p50),
    cpu: 100 * of(harmonia, (one) => one.cpuShare),
    guideCpu: 100 * of(guide, (one) => one.cpuShare),
    changes: of(harmonia, (one) => one.changesPerSecond),
    guideChanges: of(guide, (one) => one.changesPerSecond),
  };
}
