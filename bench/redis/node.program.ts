import 'reflect-metadata';
import type { JobProgress } from '@harmonia/contract';
import { answerCalls } from '../../test-processes/calls.ts';
import { FiveCalls } from '../peers/five-calls.ts';
import { shown, type Truth } from '../server/node/truth.ts';
import type { Usage } from '../server/node/usage.ts';
import { machineNow, stampOf } from '../server/rig/clock.ts';
import { messageOf } from './report-stream.ts';

/** Who serves: Harmonia, Socket.IO's adapter for Redis, or that with each state stored by five calls. */
export type NodeKind = 'harmonia' | 'adapter' | 'stored';

/** What one of two nodes is started with. */
export interface StartRedisNode {
  readonly kind: NodeKind;
  readonly url: string;
  readonly secret: string;
}

interface Teller {
  readonly port: number;
  create(id: string): Promise<unknown>;
  progress(id: string, progress: JobProgress & { total: null }): void;
  cancel(id: string, progress: JobProgress & { total: null }): Promise<unknown>;
  /** When nothing is under way any more. */
  rest(): Promise<void>;
}

// only what is asked for is loaded
async function harmonia({ url, secret }: StartRedisNode): Promise<Teller> {
  const { serveByHarmonia } = await import('./harmonia-node.ts');
  const { port, publisher } = await serveByHarmonia(url, secret);
  return {
    port,
    create: async (id) => {
      await publisher.created({ id, userId: 'ada', jobType: 'external', title: 'Invoices of May', tags: ['invoices'] });
      await publisher.started(id);
    },
    progress: (id, { current, total, message }) => void publisher.progress(id, { current, total, message }),
    cancel: (id) => publisher.cancelled(id),
    rest: () => publisher.flush(),
  };
}

async function adapter({ url, kind }: StartRedisNode): Promise<Teller> {
  const { serveByAdapter } = await import('../peers/redis-adapter.ts');
  const { port, tell } = await serveByAdapter(url);
  const calls = kind === 'stored' ? new FiveCalls(url) : null;
  const underWay = new Set<Promise<void>>();
  const told = async (id: string, status: 'processing' | 'cancelled', progress: JobProgress & { total: null }) => {
    const stored = calls?.commit({ kind: 'progress', id, userId: 'ada', current: progress.current });
    if (stored) underWay.add(stored);
    await stored;
    if (stored) underWay.delete(stored);
    tell({ id, status, progress });
  };
  return {
    port,
    create: (id) => Promise.resolve(calls?.commit({ kind: 'created', id, userId: 'ada', current: 0 })),
    progress: (id, progress) => void told(id, 'processing', progress),
    cancel: (id, progress) => told(id, 'cancelled', progress),
    rest: async () => void (await Promise.all(underWay)),
  };
}

const HANDFUL = 50;

let teller: Teller | null = null;
const standing = new Map<string, JobProgress & { total: null }>();
const ended = new Set<string>();
let ids: readonly string[] = [];
let isPumping = false;
let changes = 0;

function report(id: string): void {
  const progress = { current: stampOf(machineNow()), total: null, percentage: 0, message: messageOf(changes % 1000) };
  standing.set(id, progress);
  changes++;
  teller?.progress(id, progress);
}

/** Each of the first jobs in its turn, so many a second in all; when that is too many, sockets are served between any two handfuls. */
function pump({ jobs, rate }: { jobs: number; rate: number }): void {
  const [begun, before] = [performance.now(), changes];
  isPumping = true;
  const turn = () => {
    if (!isPumping) return;
    const due = Math.floor(((performance.now() - begun) * rate) / 1000) - (changes - before);
    for (let count = 0; count < Math.min(due, HANDFUL); count++) report(ids[changes % jobs] ?? '');
    if (due > HANDFUL) setImmediate(turn);
    else setTimeout(turn, 1);
  };
  turn();
}

answerCalls({
  start: async (options: StartRedisNode) => {
    teller = await (options.kind === 'harmonia' ? harmonia(options) : adapter(options));
    return teller.port;
  },
  create: async (jobs: readonly string[]) => {
    ids = jobs;
    for (const id of jobs) await teller?.create(id);
  },
  pump,
  rest: async () => {
    isPumping = false;
    await teller?.rest();
  },
  /** One change on its own: when it was told. */
  lone: (id: string) => {
    const at = machineNow();
    report(id);
    return at;
  },
  /** Every job speaks once more, and some end. */
  finish: async (ending: readonly string[]) => {
    for (const id of ids) report(id);
    await teller?.rest();
    for (const id of ending) {
      ended.add(id);
      await teller?.cancel(id, standing.get(id) ?? { current: 0, total: null, percentage: 0, message: '' });
    }
  },
  truth: (): Truth => ({
    jobs: new Map([...standing].map(([id, progress]) => [id, shown(ended.has(id) ? 'cancelled' : 'processing', progress)])),
    ended: [...ended].map((id) => ({ id, attempt: 1 })),
  }),
  usage: (): Usage => ({ ...process.cpuUsage(), changes, at: performance.now() }),
});
