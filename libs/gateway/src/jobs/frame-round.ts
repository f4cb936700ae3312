import { framedLine, type Job } from '@harmonia/contract';
import { ADMIN_ROOM, frameRoom, jobRoom, userRoom } from './rooms.js';
import type { Watchers } from './watchers.js';

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
  /** By their rooms; null: nobody is there. */
  private readonly lists = new Map<string, Lines | null>();
  /** By socket. */
  private readonly singles = new Map<string, Lines>();

  constructor(
    private readonly watchers: Watchers,
    private readonly epoch: string,
  ) {}

  add(job: Job): void {
    const readers = [this.listOf(ADMIN_ROOM), this.listOf(userRoom(job.userId)), ...this.singlesOf(job)];
    const frames = readers.filter((lines) => lines !== null);
    if (frames.length === 0) return;
    const line = framedLine(job, this.at);
    for (const lines of frames) lines.push(line);
  }

  tell(): void {
    this.lists.forEach((lines, room) => lines && this.emit([room], lines.join('\n')));
    this.sharedSingles().forEach((ids, jobs) => this.emit(ids, jobs));
  }

  private listOf(list: string): Lines | null {
    const room = frameRoom(list);
    const known = this.lists.get(room);
    if (known !== undefined) return known;
    const lines = this.watchers.has(room) ? [] : null;
    this.lists.set(room, lines);
    return lines;
  }

  private singlesOf(job: Job): readonly Lines[] {
    const viewers = this.watchers.in(jobRoom(job.id)).filter((watcher) => !watcher.isPlain && !watcher.isToldByList(job));
    return viewers.map(({ id }) => {
      const lines = this.singles.get(id) ?? [];
      this.singles.set(id, lines);
      return lines;
    });
  }

  /** Those who get the same share it: many look at one job. */
  private sharedSingles(): ReadonlyMap<string, readonly string[]> {
    const shared = new Map<string, string[]>();
    this.singles.forEach((lines, id) => {
      const jobs = lines.join('\n');
      const ids = shared.get(jobs);
      if (ids) ids.push(id);
      else shared.set(jobs, [id]);
    });
    return shared;
  }

  private emit(rooms: readonly string[], jobs: string): void {
    const { epoch, at } = this;
    this.watchers.tell(rooms, { name: 'jobs:frame', payload: { epoch, at, jobs } });
  }
}
