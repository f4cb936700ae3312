import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { runProgram } from '../rig/program';
import type { Contest, Outcomes } from './contest';
import { hashOf } from './fold';
import { JobStream } from './job-stream';

const terms: Contest = {
  seed: 3,
  jobs: 200,
  eventsPerFrame: 50,
  endsEvery: 25,
  rounds: 1,
  frames: { harmonia: 4, singly: 4, watched: 4, updateMany: 4, guide: 4, map: 4 },
};

describe('a contest', () => {
  it('ends only when all contenders show what the stream came to, and every end was told once', async () => {
    const program = pathToFileURL(join(__dirname, 'store.program.ts'));
    const outcomes = (await runProgram(program, terms, { checks: true })) as Outcomes;
    expect(Object.keys(outcomes).sort()).toEqual(Object.keys(terms.frames).sort());
    expect(outcomes.watched?.projections).toBeLessThanOrEqual(1);
  });

  it('feeds the same stream for the same seed, and another for another', () => {
    const [one, same, other] = [3, 3, 4].map((seed) => new JobStream(seed, 50, 10));
    for (const stream of [one, same, other]) stream?.frame(100);
    const [first, second, third] = [one, same, other].map((stream) => hashOf(stream?.fold ?? []));
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });
});
