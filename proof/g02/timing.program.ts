import { RedisJobStore } from '@harmonia/job-engine';
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { io, type Socket } from 'socket.io-client';
import { answerCalls } from '../../test-processes/calls.ts';
import { Random } from '../rig/random.ts';
import { tokenOf } from '../rig/token.ts';
import { classifierScore, type Timing } from './classifier.ts';

/** A node, and how often a stranger asks it for a job that is there and for one that is not. */
export interface TimingTask {
  readonly url: string;
  readonly redisUrl: string;
  readonly seed: number;
  readonly pairs: number;
}

/** How well the time of a refusal tells the two apart: 0.5 is a guess. */
export interface TimingOutcome {
  readonly pairs: number;
  readonly http: number;
  readonly socket: number;
  readonly sync: number;
  /** Refusals that differed in anything but time. */
  readonly different: number;
}

/** So many jobs of somebody else, some of them large. */
const JOBS = 200;
const WARM_UP = 100;
/** So many ask at a time, each in every way. */
const LANES = 4;

answerCalls({ time });

async function time({ url, redisUrl, seed, pairs }: TimingTask): Promise<TimingOutcome> {
  const random = new Random(seed);
  const there = await createJobs(redisUrl, random);
  const said = new Set<string>();
  // each in lanes of its own, at the same time
  const measured = async (ways: readonly Way[]) => {
    const timings = await Promise.all(ways.map((ask) => timingsOf(ask, there, random.branch(), Math.ceil(pairs / ways.length), said)));
    return Math.round(classifierScore(timings.flat()) * 10_000) / 10_000;
  };
  const lanes = await Promise.all(Array.from({ length: LANES }, (_, lane) => Lane.open(url, tokenOf(`stranger-${lane}`))));
  const [http, subscribed, synced] = await Promise.all([
    measured(lanes.map((lane) => (id) => lane.refusedOverHttp(id))),
    measured(lanes.map((lane) => (id) => lane.refusedOnSocket('job:subscribe', { jobId: id }))),
    measured(lanes.map((lane) => (id) => lane.refusedOnSync(id))),
  ]);
  lanes.forEach((lane) => lane.close());
  return { pairs, http, socket: subscribed, sync: synced, different: said.size - 3 };
}

type Way = (id: string) => Promise<string>;

async function createJobs(redisUrl: string, random: Random): Promise<readonly string[]> {
  const store = RedisJobStore.open({ url: redisUrl });
  const ids = Array.from({ length: JOBS }, () => randomUUID());
  for (const id of ids) {
    const input = { text: 'x'.repeat(random.pick([10, 400, 5000])) };
    await store.apply([{ kind: 'created', job: { id, userId: 'somebody', jobType: 'external', title: 'A title', tags: ['tag'], input } }]);
  }
  await store.close();
  return ids;
}

/** In pairs, in either order; what was said is remembered without the id, which the asker knows. */
async function timingsOf(
  ask: (id: string) => Promise<string>,
  there: readonly string[],
  random: Random,
  pairs: number,
  said: Set<string>,
): Promise<readonly Timing[]> {
  const timings: Timing[] = [];
  for (let pair = -WARM_UP; pair < pairs; pair++) {
    const isFirst = random.next() < 0.5;
    for (const isThere of [isFirst, !isFirst]) {
      const id = isThere ? (there[random.between(0, there.length - 1)] ?? '') : randomUUID();
      const started = performance.now();
      const answer = await ask(id);
      const ms = performance.now() - started;
      said.add(answer.replaceAll(id, '…'));
      if (pair >= 0) timings.push({ ms, isThere });
    }
  }
  return timings;
}

/** A stranger with connections of their own for each way, so that none waits for another. */
class Lane {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private readonly url: string;
  private readonly token: string;
  private readonly subscribing: Socket;
  private readonly syncing: Socket;

  private constructor(url: string, token: string, sockets: readonly [Socket, Socket]) {
    this.url = url;
    this.token = token;
    [this.subscribing, this.syncing] = sockets;
  }

  static async open(url: string, token: string): Promise<Lane> {
    return new Lane(url, token, [await connected(url, token), await connected(url, token)]);
  }

  async refusedOnSocket(verb: string, payload: object, socket = this.subscribing): Promise<string> {
    return JSON.stringify(await socket.timeout(10_000).emitWithAck(verb, payload));
  }

  refusedOnSync(id: string): Promise<string> {
    return this.refusedOnSocket('jobs:sync', { epoch: null, jobs: { [id]: 0 } }, this.syncing);
  }

  /** Without what fetch does besides. */
  refusedOverHttp(id: string): Promise<string> {
    const { agent, token } = this;
    return new Promise((resolve, reject) => {
      const asked = request(`${this.url}/api/jobs/${id}`, { agent, headers: { authorization: `Bearer ${token}` } }, (answer) => {
        let body = '';
        answer.on('data', (chunk) => (body += String(chunk)));
        answer.on('end', () => resolve(`${answer.statusCode} ${body}`));
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  close(): void {
    this.agent.destroy();
    [this.subscribing, this.syncing].forEach((socket) => socket.disconnect());
  }
}

async function connected(url: string, token: string): Promise<Socket> {
  const socket = io(url, { auth: { token, protocol: 1 }, transports: ['websocket'], forceNew: true });
  socket.on('session:mark', (acknowledge: () => void) => acknowledge());
  await new Promise((resolve) => socket.once('authenticated', resolve));
  return socket;
}
