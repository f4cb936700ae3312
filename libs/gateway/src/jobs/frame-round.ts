import { framedLine, type Job, type JobsFrame } from '@harmonia/contract';
import { deflateRawSync } from 'node:zlib';
import type { LagHistogram } from '../operations/lag-histogram.js';
import { Lines } from './lines.js';
import { ADMIN_ROOM, deflatedRoom, frameRoom, jobRoom, userRoom, watchRoomsOf } from './rooms.js';
import type { Watcher } from './watcher.js';
import type { Watchers } from './watchers.js';

/** Which frames are deflated: those that at least ten sockets share, all, or none. */
export type FrameCompression = 'shared' | 'all' | 'none';

/** So many sockets share what deflating costs. */
const SHARED_BY = 10;

/** Below this many characters a deflated frame is hardly shorter. */
const WORTH_DEFLATING = 1024;

/** Of so many lines the lag is noted in each round, and of one in so many after them. */
const NOTED = 16;

/** Those who get the same lines of single jobs. */
interface SharedFrame {
  readonly lines: Lines;
  readonly watchers: Watcher[];
}

/** Those of one list; null when nobody is there. */
interface ListFrame {
  readonly list: string;
  readonly lines: Lines | null;
}

/**
 * One flush [E4]: the changed jobs are added one by one, then everybody who may hear of some of them is told in one frame.
 * The rooms decide as they are now, so whoever has left one, or was sent out of it, gets nothing of what waited [S7]. Each
 * list shares a frame; who watches single jobs besides gets those of them that its list does not hold [E2]. A line is
 * written once, and only when somebody gets it.
 */
export class FrameRound {
  private readonly at = Date.now();
  private readonly everybody: ListFrame;
  /** By the id of the owner. */
  private readonly users = new Map<string, ListFrame>();
  private readonly singles = new Map<Watcher, Lines>();
  private added = 0;
  private written = 0;

  constructor(
    private readonly watchers: Watchers,
    private readonly epoch: string,
    private readonly compression: FrameCompression,
    private readonly lags: LagHistogram,
  ) {
    this.everybody = this.frameOf(ADMIN_ROOM);
  }

  add(job: Job): void {
    if (this.watchers.hasSlow) this.keep(job);
    let line: string | null = null;
    const number = ++this.added;
    const tell = (lines: Lines | null) => lines?.add((line ??= this.lineOf(job)), number);
    tell(this.everybody.lines);
    tell(this.userFrameOf(job.userId).lines);
    for (const watcher of this.watchersBeside(job)) {
      if (!watcher.isPlain && !watcher.kept && !watcher.isToldByList(job)) tell(this.linesOf(watcher));
    }
  }

  /** Who may get a line of the job that is not in the frame of a list. */
  private watchersBeside(job: Job): Iterable<Watcher> {
    const named = this.watchers.in(jobRoom(job.id));
    const { apart } = this.watchers.withheld;
    if (apart.size === 0) return named;
    return new Set([...named, ...[...apart].filter((watcher) => watcher.lists(job.userId) && !watcher.withheld.has(job.id))]);
  }

  tell(): void {
    [this.everybody, ...this.users.values()].forEach((frame) => this.tellList(frame));
    this.sharedSingles().forEach(({ lines, watchers }) => this.tellSingles(watchers, lines.text));
  }

  /** How old it is, is noted of all in short rounds, and of some in long ones: to read a time is a quarter of the work. */
  private lineOf(job: Job): string {
    if (this.written < NOTED || this.written % NOTED === 0) this.lags.noteSince(job.updatedAt, this.at);
    this.written++;
    return framedLine(job, this.at);
  }

  /** [L2] For those who fell behind after they would have been told. */
  private keep(job: Job): void {
    for (const { isPlain, kept } of this.watchers.slowIn(watchRoomsOf(job))) if (!isPlain) kept?.change(job.id);
  }

  private frameOf(list: string): ListFrame {
    const isWatched = this.watchers.has(frameRoom(list)) || this.watchers.has(deflatedRoom(list));
    return { list, lines: isWatched ? new Lines() : null };
  }

  private userFrameOf(userId: string): ListFrame {
    const known = this.users.get(userId);
    if (known) return known;
    const frame = this.frameOf(userRoom(userId));
    this.users.set(userId, frame);
    return frame;
  }

  private linesOf(watcher: Watcher): Lines {
    const known = this.singles.get(watcher);
    if (known) return known;
    const lines = new Lines();
    this.singles.set(watcher, lines);
    return lines;
  }

  /** Those who get the same share it: many look at one job. Two frames that only look alike by their sign are told apart. */
  private sharedSingles(): ReadonlyMap<number, SharedFrame> {
    const shared = new Map<number, SharedFrame>();
    this.singles.forEach((lines, watcher) => {
      let { sign } = lines;
      while (shared.get(sign)?.lines.equals(lines) === false) sign++;
      const frame = shared.get(sign);
      if (frame) frame.watchers.push(watcher);
      else shared.set(sign, { lines, watchers: [watcher] });
    });
    return shared;
  }

  private tellList({ list, lines }: ListFrame): void {
    if (!lines || lines.isEmpty) return;
    const { text } = lines;
    const rooms = [frameRoom(list), deflatedRoom(list)];
    const deflated = this.deflated(text, this.watchers.sizeOf(deflatedRoom(list)));
    this.tellRooms(deflated ? rooms.slice(0, 1) : rooms, { jobs: text });
    if (deflated) this.tellRooms(rooms.slice(1), { deflated });
  }

  private tellSingles(watchers: readonly Watcher[], jobs: string): void {
    const { epoch, at } = this;
    const inflating = watchers.filter(({ inflates }) => inflates);
    const deflated = this.deflated(jobs, inflating.length);
    const idsOf = (those: readonly Watcher[]) => those.map(({ id }) => id);
    const [only] = watchers;
    if (!deflated && only && watchers.length === 1) return only.send({ name: 'jobs:frame', payload: { epoch, at, jobs } });
    this.tellRooms(idsOf(deflated ? watchers.filter(({ inflates }) => !inflates) : watchers), { jobs });
    if (deflated) this.tellRooms(idsOf(inflating), { deflated });
  }

  /** In base64, so that it is one message, which Socket.IO writes once for all in a room; null: it is not worth it. */
  private deflated(jobs: string, readers: number): string | null {
    if (readers < LEAST[this.compression] || jobs.length < WORTH_DEFLATING) return null;
    // the fastest level, since frames are short and soon replaced: others save little more
    const deflated = deflateRawSync(jobs, { level: 1 }).toString('base64');
    return deflated.length < jobs.length ? deflated : null;
  }

  private tellRooms(rooms: readonly string[], lines: Pick<JobsFrame, 'jobs' | 'deflated'>): void {
    const { epoch, at } = this;
    this.watchers.tell(rooms, { name: 'jobs:frame', payload: { epoch, at, ...lines } });
  }
}

const LEAST: Readonly<Record<FrameCompression, number>> = { shared: SHARED_BY, all: 1, none: Infinity };
