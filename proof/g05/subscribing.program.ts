import { RedisJobStore } from '@harmonia/job-engine';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { answerCalls } from '../../test-processes/calls.ts';
import { Random } from '../rig/random.ts';
import { tokenOf } from '../rig/token.ts';
import { TrialSocket, type HeardBy, type Way } from './trial-socket.ts';

/** The gateways to subscribe at, and the Redis into which a worker elsewhere writes. */
export interface SubscribingTask {
  readonly urls: readonly string[];
  readonly redisUrl: string;
  readonly seed: number;
  readonly seconds: number;
}

/** What came of it. */
export interface SubscribingOutcome {
  readonly trials: Readonly<Record<Way, number>>;
  /** How often each way brought the end: both, or the trials were not around it. */
  readonly heardBy: Readonly<Record<HeardBy, number>>;
  readonly missed: number;
}

const WAYS: readonly Way[] = ['plain', 'protocol', 'sync'];
const AT_ONCE = 10;
/** Subscription and end are each put off by up to so many ms. */
const MOST_MS = 6;

answerCalls({ subscribe });

async function subscribe({ urls, redisUrl, seed, seconds }: SubscribingTask): Promise<SubscribingOutcome> {
  const random = new Random(seed);
  const store = RedisJobStore.open({ url: redisUrl });
  const sockets = await Promise.all(urls.flatMap((url) => WAYS.map((way) => TrialSocket.open(url, tokenOf('ada'), way))));
  const trials = { plain: 0, protocol: 0, sync: 0 };
  const heardBy = { answer: 0, event: 0 };
  let missed = 0;
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    for (const [socket, heard] of await Promise.all(sockets.map(async (one) => [one, await group(store, one, random)] as const))) {
      trials[socket.way] += heard.length;
      for (const by of heard) if (by) heardBy[by]++;
      missed += heard.filter((by) => by === null).length;
    }
  }
  sockets.forEach((socket) => socket.close());
  await store.close();
  return { trials, heardBy, missed };
}

/** Some jobs that are being worked on; each ends at some moment around that of its subscription. */
async function group(store: RedisJobStore, socket: TrialSocket, random: Random): Promise<readonly (HeardBy | null)[]> {
  const ids = Array.from({ length: AT_ONCE }, () => randomUUID());
  const created = ids.map(
    (id) => ({ kind: 'created', job: { id, userId: 'ada', jobType: 'external', title: null, tags: [], input: null } }) as const,
  );
  await store.apply([...created, ...ids.map((id) => ({ kind: 'reported', id, status: 'processing' }) as const)]);
  const ends = Promise.all(ids.map((id) => socket.ended(id)));
  const subscribed = moment(random).then(() => socket.subscribe(ids));
  const completed = ids.map((id) => moment(random).then(() => store.apply([{ kind: 'reported', id, status: 'completed', result: null }])));
  await Promise.all([subscribed, ...completed]);
  const heard = await ends;
  await socket.unsubscribe(ids);
  return heard;
}

/** Some milliseconds, and some turns of the event loop. */
async function moment(random: Random): Promise<void> {
  const turns = random.between(0, 20);
  const ms = random.between(0, MOST_MS);
  if (ms > 0) await pause(ms);
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}
