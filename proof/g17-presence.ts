import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bundleProgram, type Mutation } from '../test-processes/program.ts';
import { RedisServer } from '../test-processes/redis-server.ts';
import { GROUPS, jobOf } from './g17/person.ts';
import { Town } from './g17/town.ts';
import type { Figures, ProofOptions } from './proof.ts';
import { quantile } from './rig/quantile.ts';
import { Random } from './rig/random.ts';
import { SECRET, tokenOf } from './rig/token.ts';

/** What the campaign prints. */
export interface PresenceFigures extends Figures {
  readonly promise: 'G17';
  readonly seed: number;
  readonly beatMs: number;
  readonly kills: number;
  readonly people: number;
  readonly checks: number;
  readonly frames: number;
  readonly leaks: number;
  readonly ghosts: number;
  readonly missing: number;
  readonly wrongViews: number;
  readonly vanishedMs: { readonly p50: number | null; readonly p99: number | null };
}

/** So many nodes, and so many people at most. */
const NODES = 3;
const MOST_PEOPLE = 90;
const COUNT_EVERY_MS = 250;

/**
 * [G17] People come to three nodes and go, nodes are killed under them, and every node is asked all the time who is there.
 * Whoever goes is gone everywhere within 30 s, and every frame on every wire is searched for names that are not for it.
 * Runs below 45 s have beats of 1 s in place of 5, and runs below 20 s have beats of 0.4 s.
 */
export async function provePresence({ seed, seconds }: ProofOptions, mutations: readonly Mutation[] = []): Promise<PresenceFigures> {
  const started = Date.now();
  const beatMs = beatOf(seconds);
  const redis = await RedisServer.start();
  const dataDir = await mkdtemp(join(tmpdir(), 'harmonia-g17-'));
  const program = await bundleProgram(new URL('./g17/node.program.ts', import.meta.url), { mutations });
  const env = { REDIS_URL: redis.url, JWT_SECRET: SECRET, BEAT_MS: String(beatMs) };
  const town = new Town({ dataDir, program, env }, new Random(seed), 2 * beatMs + 3000);
  try {
    await town.open(NODES);
    await createJobs(town);
    // what is silent for three beats is noticed with the fourth; on a busy machine there is time for two kills at least
    const deadline = Math.max(started + seconds * 1000 - 4 * beatMs, Date.now() + 6 * beatMs);
    await live(town, new Random(seed + 1), deadline, beatMs);
    await town.settle();
    const wrongViews = await town.wrongViews();
    const { checks, ghosts, missing, vanished } = town.census;
    const { frames, leaks } = town.wiretap;
    const vanishedMs = { p50: quantile(vanished, 0.5), p99: quantile(vanished, 0.99) };
    const figures = { beatMs, kills: town.kills, people: town.joined, checks, frames, leaks, ghosts, missing, wrongViews, vanishedMs };
    const broken = leaks + ghosts + missing + wrongViews > 0 || town.kills === 0 || vanished.length === 0;
    return { promise: 'G17', seed, ...figures, seconds: Math.round((Date.now() - started) / 1000), broken };
  } finally {
    await town.close();
    await redis.remove();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function beatOf(seconds: number): number {
  if (seconds < 20) return 400;
  return seconds < 45 ? 1000 : 5000;
}

/** One for each group. */
async function createJobs(town: Town): Promise<void> {
  for (const group of GROUPS) {
    const answer = await fetch(`${town.urls[0]}/api/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tokenOf('owner')}` },
      body: JSON.stringify({ jobType: 'external', id: jobOf(group), tags: [group] }),
    });
    if (!answer.ok) throw new Error(`The job was refused with ${answer.status}.`);
  }
}

async function live(town: Town, random: Random, deadline: number, beatMs: number): Promise<void> {
  let [strikeAt, countAt] = [Date.now() + beatMs, 0];
  let [striking, counting] = [Promise.resolve(), Promise.resolve()];
  const arrivals = new Array<Promise<void>>();
  while (Date.now() < deadline) {
    const there = [...town.people].filter(({ goneAt }) => goneAt === null).length;
    if (random.next() < 1 - there / MOST_PEOPLE) arrivals.push(town.welcome());
    else town.sayGoodbye();
    if (Date.now() > countAt) [counting, countAt] = [counting.then(() => town.count()), Date.now() + COUNT_EVERY_MS];
    if (Date.now() > strikeAt) [striking, strikeAt] = [striking.then(() => town.strike()), Date.now() + 3 * beatMs];
    await pause(random.between(5, 40));
  }
  await Promise.all([striking, counting, ...arrivals]);
}
