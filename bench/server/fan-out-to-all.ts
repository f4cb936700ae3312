import type { Bench } from '../bench.ts';
import { median } from '../rig/median.ts';
import { fanOut, type FanOutFigures } from './rig/fan-out.ts';
import { cpuOfWriting } from './rig/writing.ts';

/** The default of the gateway's `frames.intervalMs`. */
const FLUSH_MS = 50;
const FRAMES_PER_SECOND = 1000 / FLUSH_MS;

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
      beside: ['limitRatio', 'textRatio', 'seen', 'guideSeen', 'messageRatio'],
    },
    age: { what: 'age of what is seen, p50', unit: 'ms', atMost: FLUSH_MS + 10, beside: ['age99', 'guideAge', 'cpu', 'guideCpu'] },
    limitRatio: { what: 'bare Socket.IO that writes as much, as often, and does nothing else', unit: '×' },
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
      if (full || round === 0) text.push(await fanOut({ ...ours, auth: { protocol: 1 } }));
    }
    const compressed = compared(harmonia, guide);
    const { changes, guideSeen } = compressed;
    const characters = Math.round(median(harmonia.map((one) => one.bytesPerSeen * one.changesPerSecond)) / FRAMES_PER_SECOND);
    const share = await cpuOfWriting({ characters, perSecond: FRAMES_PER_SECOND, viewers: 200, seconds: full ? 10 : 4 });
    return { ...compressed, textRatio: seenOf(text) / guideSeen, limitRatio: changes / share / guideSeen };
  },
};

type Rounds = readonly FanOutFigures[];

const seenOf = (rounds: Rounds) => median(rounds.map((one) => one.seenPerCpuSecond));

function compared(harmonia: Rounds, guide: Rounds) {
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
