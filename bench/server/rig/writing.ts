import { setTimeout as pause } from 'node:timers/promises';
import type { Got } from '../load/load.program.ts';
import { cpuSeconds, type Usage } from '../node/usage.ts';
import { connectViewers, onStage } from './stage.ts';

const WARM_MS = 1000;

/** What is written, and for how long. */
export interface Writing {
  /** Of one message. */
  readonly characters: number;
  /** Messages a second to each viewer. */
  readonly perSecond: number;
  readonly viewers: number;
  readonly seconds: number;
}

/** What bare Socket.IO needs to write a message to everybody in a room, and nothing else, as a share of one core. */
export function cpuOfWriting({ characters, perSecond, viewers, seconds }: Writing): Promise<number> {
  const stream = { seed: 1, jobs: 1, progress: 'steps', endsEvery: 2 } as const;
  return onStage({ kind: 'socketio', stream }, async (stage) => {
    const { server, load } = stage;
    await connectViewers(stage, { viewers, sampled: 0, auth: {}, watch: { kind: 'all', words: 'guide' } });
    await server.call('write', { characters, perSecond });
    await pause(WARM_MS);
    const [gotBefore, before] = [await load.call<Got>('got'), await server.call<Usage>('usage')];
    await pause(1000 * seconds);
    const [got, after] = [await load.call<Got>('got'), await server.call<Usage>('usage')];
    // a timer that is late writes less often: what was written counts
    const share = (got.messages - gotBefore.messages) / (perSecond * viewers * seconds);
    return (1000 * cpuSeconds(before, after)) / (after.at - before.at) / share;
  });
}
