import { framedLine, type Job } from '@harmonia/contract';
import { deflateRawSync } from 'node:zlib';
import { ADMIN_ROOM, deflatedRoom, frameRoom, jobRoom, userRoom, watchRoomsOf } from './rooms.js';
import type { Watcher } from './watcher.js';
import type { Watchers } from './watchers.js';

/** Below this many characters a deflated frame is hardly shorter. */
const WORTH_DEFLATING = 1024;

/** Who gets the same frame: rooms, and among them those whose sockets can inflate. */
interface Readers {
  readonly text: string[];
  readonly inflating: string[];
}

/** The lines of a frame to be. */
type Lines = string[];

/**
 * One flush [E4]: the changed jobs are added one by one, then everybody who may hear of some of them is told in one frame.
 * The rooms decide as they are now, so whoever has left one, or was sent out of it, gets nothing of what waited [S7]. Each
 * list shares a frame; who watches single jobs besides gets those of them that its list does not hold [E2]. A line is
 * written once, and only when somebody gets it.
 */
export class FrameRound {
  private readonly at = Date.now();
  /** By the name of the list; null: nobody is there. */
  private readonly lists = new Map<string, Lines | null>();
  private readonly singles = new Map<Watcher, Lines>();

  constructor(
    private readonly watchers: Watchers,
    private readonly epoch: string,
    private readonly compress: boolean,
  ) {}

  add(job: Job): void {
    if (this.watchers.hasSlow) this.keep(job);
    const readers = [this.listOf(ADMIN_ROOM), this.listOf(userRoom(job.userId)), ...this.singlesOf(job)];
    const frames = readers.filter((lines) => lines !== null);
    if (frames.length === 0) return;
    const line = framedLine(job, this.at);
    for (const lines of frames) lines.push(line);
  }

  tell(): void {
    this.lists.forEach((lines, list) => lines && this.emit({ text: [frameRoom(list)], inflating: [deflatedRoom(list)] }, lines.join('\n')));
    this.sharedSingles().forEach((readers, jobs) => this.emit(readers, jobs));
  }

  /** [L2] For those who fell behind after they would have been told. */
  private keep(job: Job): void {
    for (const { isPlain, kept } of this.watchers.slowIn(watchRoomsOf(job))) if (!isPlain) kept?.change(job.id);
  }

  private listOf(list: string): Lines | null {
    const known = this.lists.get(list);
    if (known !== undefined) return known;
    const lines = this.watchers.has(frameRoom(list)) || this.watchers.has(deflatedRoom(list)) ? [] : null;
    this.lists.set(list, lines);
    return lines;
  }

  private singlesOf(job: Job): readonly Lines[] {
    const viewers = this.watchers.in(jobRoom(job.id)).filter((watcher) => !watcher.isPlain && !watcher.kept && !watcher.isToldByList(job));
    return viewers.map((watcher) => {
      const lines = this.singles.get(watcher) ?? [];
      this.singles.set(watcher, lines);
      return lines;
    });
  }

  /** Those who get the same share it: many look at one job. */
  private sharedSingles(): ReadonlyMap<string, Readers> {
    const shared = new Map<string, Readers>();
    this.singles.forEach((lines, { id, inflates }) => {
      const jobs = lines.join('\n');
      const readers = shared.get(jobs) ?? { text: [], inflating: [] };
      shared.set(jobs, readers);
      (inflates ? readers.inflating : readers.text).push(id);
    });
    return shared;
  }

  private emit({ text, inflating }: Readers, jobs: string): void {
    const deflates = this.compress && jobs.length >= WORTH_DEFLATING && inflating.some((room) => this.watchers.has(room));
    this.tellRooms(deflates ? text : [...text, ...inflating], jobs);
    // the fastest level, since frames are short and soon replaced: others save little more
    if (deflates) this.tellRooms(inflating, deflateRawSync(jobs, { level: 1 }));
  }

  private tellRooms(rooms: readonly string[], jobs: string | Buffer): void {
    const { epoch, at } = this;
    this.watchers.tell(rooms, { name: 'jobs:frame', payload: { epoch, at, jobs } });
  }
}
