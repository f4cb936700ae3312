import { createHmac } from 'node:crypto';
import { answerCalls } from '../../../test-processes/calls.ts';
import type { Truth } from '../node/truth.ts';
import { machineNow } from '../rig/clock.ts';
import type { RawEvent } from './client.ts';
import { newsIn, type JobNews } from './news.ts';
import { Viewer, type Faults } from './viewer.ts';
import { turn, watch, type Watch } from './watch.ts';

/** The viewers of one server. */
export interface ConnectViewers {
  readonly port: number;
  readonly secret: string;
  readonly viewers: number;
  /** So many of them decode everything as it comes. */
  readonly sampled: number;
  /** More of the handshake than the token. */
  readonly auth: Readonly<Record<string, unknown>>;
  /** All jobs, or for each viewer its own. */
  readonly watch: Watch;
}

/** What the viewers have got so far. */
export interface Got {
  /** Changes that a sampled viewer has seen or seen superseded, on average. */
  readonly seen: number;
  /** Lines of frames and single events that a sampled viewer has read, on average. */
  readonly rows: number;
  /** Events and bytes, of all viewers together. */
  readonly messages: number;
  readonly bytes: number;
}

/** How old what the sampled viewers saw was when it came, in ms; of all that came since it was last asked. */
export interface Ages {
  readonly p50: number;
  readonly p99: number;
}

interface Seat {
  readonly viewer: Viewer;
  readonly client: Awaited<ReturnType<Viewer['connect']>>;
  readonly watched: ReadonlySet<string>;
}

const AT_ONCE = 20;

const seats: Seat[] = [];
let wanted: Watch = { kind: 'all', words: 'sync' };
let turning: NodeJS.Timeout | null = null;

async function connect(options: ConnectViewers): Promise<void> {
  wanted = options.watch;
  const seatOf = async (index: number): Promise<Seat> => {
    const own = options.watch.kind === 'jobs' ? (options.watch.ids[index] ?? []) : null;
    const viewer = new Viewer(index < options.sampled ? 'all' : 'ends', own && new Set(own));
    const auth = { token: adminToken(`viewer-${index}`, options.secret), ...options.auth };
    const client = await viewer.connect({ port: options.port, auth });
    await watch(client, options.watch, index, (news) => viewer.learn(news));
    return { viewer, client, watched: new Set(own ?? []) };
  };
  // some at a time: more handshakes at once would only wait for each other
  for (let first = 0; first < options.viewers; first += AT_ONCE) {
    const indexes = Array.from({ length: Math.min(AT_ONCE, options.viewers - first) }, (_, place) => first + place);
    seats.push(...(await Promise.all(indexes.map(seatOf))));
  }
}

/** All at once watch what they did not watch yet; how long it took until the last was answered, in ms. */
async function watchTogether(together: Watch): Promise<number> {
  const start = performance.now();
  await Promise.all(seats.map(({ client, viewer }, index) => watch(client, together, index, (news) => viewer.learn(news))));
  return performance.now() - start;
}

/** Some stop reading; the first of them all goes on. */
const stalled = (count: number): readonly Seat[] => seats.slice(1, count + 1);

/** They read again: how long it took each to show what had happened before, in ms. */
async function resume({ count, versions }: { count: number; versions: ReadonlyMap<string, number> }): Promise<readonly number[]> {
  const start = machineNow();
  const caughtUp = stalled(count).map(({ viewer }) => viewer.caughtUpWith(versions));
  stalled(count).forEach(({ client }) => client.resume());
  return (await Promise.all(caughtUp)).map((at) => at - start);
}

/** One viewer after the other watches another job in place of one. */
function turnPages(): void {
  if (wanted.kind !== 'jobs') return;
  const { perSecond } = wanted.changing;
  let turns = 0;
  turning = setInterval(() => {
    const index = turns++ % seats.length;
    const seat = seats[index];
    if (seat) void turn(seat.client, wanted, index, Math.ceil(turns / seats.length), (news) => seat.viewer.learn(news));
  }, 1000 / perSecond);
}

const sampled = (): readonly Viewer[] => seats.map(({ viewer }) => viewer).filter((viewer) => viewer.samples);

function got(): Got {
  const views = sampled();
  const mean = (of: (viewer: Viewer) => number) => views.reduce((sum, viewer) => sum + of(viewer), 0) / Math.max(views.length, 1);
  return {
    seen: mean((viewer) => viewer.seen),
    rows: mean((viewer) => viewer.rows),
    messages: seats.reduce((sum, { viewer }) => sum + viewer.messages, 0),
    bytes: seats.reduce((sum, { client }) => sum + client.bytes, 0),
  };
}

function ages(): Ages {
  const all = sampled()
    .flatMap((viewer) => viewer.ages.splice(0))
    .sort((one, other) => one - other);
  const at = (share: number) => all[Math.floor(all.length * share)] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

/** Many viewers got the same bytes: each is decoded once. */
function check(truth: Truth): Faults {
  const decoded = new Map<string, readonly JobNews[]>();
  const decode = (event: RawEvent) => {
    const key = [event.text, ...event.attachments].map((part) => part.toString('latin1')).join();
    const known = decoded.get(key) ?? newsIn(event);
    decoded.set(key, known);
    return known;
  };
  const faults = seats.map(({ viewer, watched }) => viewer.check(truth, watched.size > 0 ? watched : new Set(truth.jobs.keys()), decode));
  const sum = (of: (faults: Faults) => number) => faults.reduce((total, one) => total + of(one), 0);
  return { wrong: sum((one) => one.wrong), lostEnds: sum((one) => one.lostEnds), repeatedEnds: sum((one) => one.repeatedEnds) };
}

function adminToken(userId: string, secret: string): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const claims = { sub: userId, roles: ['admin'], exp: Math.floor(Date.now() / 1000) + 3600 };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

answerCalls({
  connect,
  turnPages,
  stopTurning: () => clearInterval(turning ?? undefined),
  got,
  ages,
  check,
  watchTogether,
  stall: (count: number) => stalled(count).forEach(({ client }) => client.pause()),
  resume,
  ports: () => seats.map(({ client }) => client.localPort),
  next: () => seats[0]?.viewer.next(),
  lookClosely: () => seats.forEach(({ viewer }) => viewer.lookClosely()),
  quietFor: () => machineNow() - Math.max(...seats.map(({ viewer }) => viewer.lastAt)),
  closed: () => seats.filter(({ client }) => !client.isOpen).length,
});
