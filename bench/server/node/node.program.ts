import 'reflect-metadata';
import { answerCalls } from '../../../test-processes/calls.ts';
import { machineNow } from '../rig/clock.ts';
import { Pump } from '../stream/pump.ts';
import { SeededJobs, type StreamOptions } from '../stream/seeded-jobs.ts';
import { memoryNow, type Usage } from './usage.ts';
import { longTexts } from './long-texts.ts';
import type { ServeOptions, Served } from './served.ts';
import { truthOf } from './truth.ts';

/** What kinds of servers there are. */
export type ServerKind = 'harmonia' | 'guide' | 'nest' | 'socketio';

/** How a server program is started. */
export interface StartNode extends ServeOptions {
  readonly kind: ServerKind;
  readonly stream: StreamOptions;
}

// only the server that is asked for is loaded, so that its memory is its alone
const SERVERS = {
  harmonia: () => import('./harmonia.ts'),
  guide: () => import('../../peers/server-guide.ts'),
  nest: () => import('../../peers/server-nest.ts'),
  socketio: () => import('../../peers/server-socketio.ts'),
};

let stream = new SeededJobs({ seed: 1, jobs: 0, progress: 'time', endsEvery: 1 });
let served: Served | null = null;
let pump: Pump | null = null;
let changes = 0;

const tell: Served['tell'] = (told) => {
  changes += told.length;
  served?.tell(told);
};

answerCalls({
  start: async ({ kind, stream: options, ...serveOptions }: StartNode) => {
    stream = new SeededJobs(options);
    const { serve } = await SERVERS[kind]();
    served = await serve(stream, serveOptions);
    return { port: served.port, ids: stream.ids };
  },
  pump: (rate: number) => {
    pump = new Pump(stream, tell, rate);
    pump.start();
  },
  /** The same text so many times a second: what writing alone costs. */
  write: ({ characters, perSecond }: { characters: number; perSecond: number }) => {
    const text = 'x'.repeat(characters);
    setInterval(() => served?.write?.(text), 1000 / perSecond);
  },
  rest: () => pump?.stop(),
  /** One change on its own: when it was told, by the machine's clock. */
  progress: (id: string) => {
    const change = stream.progressOf(id);
    const at = machineNow();
    tell([change]);
    return at;
  },
  usage: (): Usage => ({ ...process.cpuUsage(), changes, at: performance.now() }),
  memory: memoryNow,
  versions: () => new Map([...stream.jobs.values()].map(({ id, version }) => [id, version])),
  longTexts: () => longTexts(),
  truth: () => truthOf(stream, served),
});
