import { RedisJobStore, type JobChange } from '@harmonia/job-engine';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { answerCalls } from '../../test-processes/calls.ts';
import { Random } from '../rig/random.ts';
import { tokenOf } from '../rig/token.ts';
import { grantOf, GRANTS } from './grants.ts';
import { Reader } from './reader.ts';
import { WAYS, type Loss, type Way } from './ways.ts';
import { Wiretap } from './wiretap.ts';

/** The nodes to look at, and the Redis in which permissions are taken away. */
export interface RevokingTask {
  readonly urls: readonly string[];
  readonly redisUrl: string;
  readonly seed: number;
  readonly seconds: number;
  /** Whether one leak is enough: mutants are found then. */
  readonly stopsAtLeak: boolean;
}

/** What came of it. */
export interface RevokingOutcome {
  readonly races: number;
  readonly byLoss: Readonly<Record<Loss, number>>;
  readonly byWay: Readonly<Record<string, number>>;
  /** In how many the job was seen before it was lost, and in how many not: both, or these were no races. */
  readonly seen: number;
  readonly unseen: number;
  readonly frames: number;
  readonly leaks: number;
  /** In which ways, and how often. */
  readonly leaksBy: Readonly<Record<string, number>>;
}

/** So many jobs are lost to one reader at a time. */
const AT_ONCE = 4;
/** Looking, losing and each secret are put off by up to so many ms. */
const MOST_MS = 8;

interface Race {
  readonly number: number;
  readonly id: string;
  readonly owner: string;
  readonly loss: Loss;
}

let races = 0;
const byLoss: Record<Loss, number> = { revoked: 0, disowned: 0, removed: 0 };
const byWay: Record<string, number> = {};

answerCalls({ revoke });

async function revoke({ urls, redisUrl, seed, seconds, stopsAtLeak }: RevokingTask): Promise<RevokingOutcome> {
  const random = new Random(seed);
  const store = RedisJobStore.open({ url: redisUrl });
  const grants = new Redis(redisUrl, { enableAutoPipelining: true });
  const tap = new Wiretap();
  const readers = await Promise.all(
    urls.flatMap((url, node) =>
      WAYS.map((way, index) => Reader.open(readerOf(url, way, `${way.isAdmin ? 'boss' : 'user'}-${node}-${index}`), tap)),
    ),
  );
  const deadline = Date.now() + seconds * 1000;
  // each at its own pace, so that at any moment some look, some lose and some are told
  const lives = readers.map(async (reader) => {
    const own = random.branch();
    while (Date.now() < deadline && !(stopsAtLeak && tap.leaks.size > 0)) await lose(reader, { store, grants, tap, random: own });
  });
  await Promise.all(lives);
  readers.forEach((reader) => reader.close());
  await store.close();
  grants.disconnect();
  const leaksBy = Object.fromEntries(tap.leaks);
  const leaks = [...tap.leaks.values()].reduce((sum, count) => sum + count, 0);
  return { races, byLoss, byWay, seen: tap.seen.size, unseen: races - tap.seen.size, frames: tap.frames, leaks, leaksBy };
}

function readerOf(url: string, way: Way, userId: string) {
  return { url, userId, way, token: tokenOf(userId, way.isAdmin && { roles: ['admin'] }) };
}

interface Means {
  readonly store: RedisJobStore;
  readonly grants: Redis;
  readonly tap: Wiretap;
  readonly random: Random;
}

/** Some jobs that a reader may see are looked at and lost in the same moment; then they get contents that are not for them. */
async function lose(reader: Reader, means: Means): Promise<void> {
  const { store, random, tap } = means;
  const group = Array.from({ length: AT_ONCE }, () => raceOf(reader, random));
  await prepare(reader, group, means);
  const ids = group.map(({ id }) => id);
  // some watch already when it begins
  if (random.next() < 0.3) await reader.way.look(reader, ids);
  const looking = moment(random).then(() => reader.way.look(reader, ids));
  const losing = group.map(async (race) => {
    await moment(random);
    for (const change of await lossOf(reader, race, means)) await store.apply([change]);
    tap.forbid(race.number, reader.userId);
    for (const change of secretsOf(race)) {
      if (random.next() < 0.5) await moment(random);
      await store.apply([change]);
    }
  });
  await Promise.all([looking, ...losing]);
  await reader.way.look(reader, ids);
  await reader.settle();
  await reader.way.leave?.(reader, ids);
  await store.apply(ids.map((id) => ({ kind: 'removed', id })));
}

function raceOf({ userId, way }: Reader, random: Random): Race {
  const loss = random.pick(way.losses);
  const number = ++races;
  byLoss[loss]++;
  byWay[way.name] = (byWay[way.name] ?? 0) + 1;
  const isOwn = loss === 'disowned' || (!way.isAdmin && !way.losses.includes('removed'));
  return { number, id: randomUUID(), owner: isOwn ? userId : 'somebody', loss };
}

async function prepare({ userId }: Reader, group: readonly Race[], { store, grants }: Means): Promise<void> {
  const shared = group.filter(({ owner }) => owner !== userId);
  if (shared.length > 0) await grants.hset(GRANTS, ...shared.flatMap(({ id }) => [grantOf(userId, id), 'yes']));
  await store.apply(
    group.flatMap((race) => [created(race, `before-${race.number}`), { kind: 'reported', id: race.id, status: 'processing' }]),
  );
}

const created = ({ id, owner: userId }: Race, title: string): JobChange => ({
  kind: 'created',
  job: { id, userId, jobType: 'external', title, tags: [], input: null },
});

/** How it is lost: the application first says so in its own table, then announces it. */
async function lossOf({ userId }: Reader, race: Race, { grants }: Means): Promise<readonly JobChange[]> {
  const { id, loss } = race;
  if (loss === 'disowned') return [{ kind: 'edited', id, userId: 'somebody' }];
  await grants.hset(GRANTS, grantOf(userId, id), 'no');
  if (loss === 'revoked') return [{ kind: 'revoked', userId, jobId: id }];
  return [
    { kind: 'cancelled', id },
    { kind: 'removed', id },
  ];
}

/** What the job says from now on, in every kind of event. */
function secretsOf(race: Race): readonly JobChange[] {
  const { id, number, loss } = race;
  const secret = `secret-${number}`;
  return [
    ...(loss === 'removed' ? [created(race, secret)] : []),
    { kind: 'reported', id, status: 'processing', progress: { current: 10, total: 100, message: secret } },
    { kind: 'reported', id, progress: { current: 20, total: 100, message: secret } },
    { kind: 'edited', id, title: secret },
    { kind: 'reported', id, progress: { current: 30, total: 100, message: secret } },
    { kind: 'reported', id, status: 'completed', result: { secret } },
  ];
}

/** Some milliseconds, or some turns of the event loop. */
async function moment(random: Random): Promise<void> {
  if (random.next() < 0.5) return pause(random.next() * MOST_MS);
  for (let turns = random.between(0, 10); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
}
