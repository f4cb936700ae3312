import type { Job } from '@harmonia/contract';
import { Injectable } from '@nestjs/common';
import { ToldJobs } from './told-jobs.js';
import type { Watcher } from './watcher.js';
import type { EventOfJob } from './wire-events.js';

/** What changed longer ago was surely heard of, however far the clocks of nodes differ, ms. */
const HEARD_BY_NOW = 60_000;

/** So many jobs are remembered; those answered first are forgotten first. */
const MOST = 10_000;

interface Answer {
  readonly socketId: string;
  readonly version: number;
}

/**
 * What plain clients were answered before this node heard of it: a reading may be ahead of what the store tells its
 * followers. They do not compare versions [E3], so the events that lead there, an end among them, must not be told to them
 * after it [G3].
 */
@Injectable()
export class AnswersAhead {
  private readonly answers = new Map<string, readonly Answer[]>();

  constructor(private readonly told: ToldJobs) {}

  /** To be called when a socket was answered or told these states as they were read. */
  note(watcher: Watcher, jobs: readonly Job[]): void {
    if (!watcher.isPlain) return;
    const now = Date.now();
    for (const job of jobs) {
      const { id, version, updatedAt } = job;
      const heard = this.told.versionOf(id);
      this.told.noteThere(job);
      const isAhead = heard === undefined ? Date.parse(updatedAt) > now - HEARD_BY_NOW : heard < version;
      if (isAhead) this.put(id, { socketId: watcher.id, version });
    }
  }

  /** The sockets that know all that this event says. To be called for each event before it is told. */
  knowing(event: EventOfJob): readonly string[] {
    if (this.answers.size === 0) return [];
    const [id, version] = event.kind === 'removed' ? [event.id, event.version] : [event.job.id, event.job.version];
    const answers = this.answers.get(id) ?? [];
    const ahead = answers.filter((answer) => answer.version > version);
    if (ahead.length > 0) this.answers.set(id, ahead);
    else this.answers.delete(id);
    return answers.filter((answer) => answer.version >= version).map(({ socketId }) => socketId);
  }

  /** Something was missed: what is heard from now on is newer than every answer, or of another epoch. */
  clear(): void {
    this.answers.clear();
  }

  private put(id: string, answer: Answer): void {
    const others = (this.answers.get(id) ?? []).filter(({ socketId }) => socketId !== answer.socketId);
    this.answers.set(id, [...others, answer]);
    if (this.answers.size <= MOST) return;
    const [oldest] = this.answers.keys();
    if (oldest !== undefined) this.answers.delete(oldest);
  }
}
