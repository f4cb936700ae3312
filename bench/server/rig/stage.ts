import type { CalledProgram } from '../../../test-processes/called-program.ts';
import type { ConnectViewers } from '../load/load.program.ts';
import type { ServerKind, StartNode } from '../node/node.program.ts';
import type { StreamOptions } from '../stream/seeded-jobs.ts';
import { startProgram } from './start-program.ts';

/** One server and its load, each in a process of its own. */
export interface Stage {
  readonly server: CalledProgram;
  readonly load: CalledProgram;
  readonly port: number;
  /** The jobs of the stream. */
  readonly ids: readonly string[];
}

/** What to start. */
export interface StageOptions {
  readonly kind: ServerKind;
  readonly stream: StreamOptions;
  /** Which frames the gateway compresses for clients that say that they can inflate; left out: the default. */
  readonly compression?: StartNode['compression'];
  /** More options of Node's for the server. */
  readonly flags?: readonly string[];
}

/** What signs the tokens of a bench. */
const SECRET = 'a secret of the benches that is long enough';

const NODE = new URL('../node/node.program.ts', import.meta.url);
const LOAD = new URL('../load/load.program.ts', import.meta.url);

/** Starts both, lets them be used, and ends them. */
export async function onStage<Result>(options: StageOptions, play: (stage: Stage) => Promise<Result>): Promise<Result> {
  const { kind, stream, compression = 'shared', flags } = options;
  const [server, load] = [await startProgram(NODE, flags), await startProgram(LOAD)];
  try {
    const start: StartNode = { kind, stream, secret: SECRET, compression };
    const { port, ids } = await server.call<Pick<Stage, 'port' | 'ids'>>('start', start);
    return await play({ server, load, port, ids });
  } finally {
    await Promise.all([server.stop(), load.stop()]);
  }
}

/** Connects viewers, in the words that the server knows. */
export async function connectViewers({ load, port }: Stage, viewers: Omit<ConnectViewers, 'port' | 'secret'>): Promise<void> {
  const connect: ConnectViewers = { port, secret: SECRET, ...viewers };
  await load.call('connect', connect);
}
