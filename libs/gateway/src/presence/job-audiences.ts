import { MAX_SYNC_JOBS, RefusalError, type JobViewers } from '@harmonia/contract';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Namespace } from 'socket.io';
import { HARMONIA_GATEWAY_OPTIONS, type HarmoniaGatewayOptions } from '../gateway-options.js';
import { jobOfRoom, jobRoom, roomMeant } from '../jobs/rooms.js';
import type { Watcher } from '../jobs/watcher.js';
import { nameOf } from './local-users.js';
import { PresenceExchange } from './presence-exchange.js';
import { PRESENCE_DEFAULTS } from './presence-options.js';
import { Roster } from './roster.js';
import { Soon } from './soon.js';
import { ViewerNews, type Guest } from './viewer-news.js';

/** What happens within so many ms is told in one message [P3]. */
const TOGETHER_MS = 100;
/** A crowd is told less often, so that it costs as much as a thousand sockets a second at most. */
const REST_PER_GUEST_MS = 1;

const NOT_HERE = 'Check the id, and watch the job first: who watches it is shown to those who do.';

/**
 * Shows those who watch a job to each other [P2]. Who asked takes part for as long as the socket is in the room of the job,
 * which the server takes it out of as soon as it may not read it any more [S7]; so nobody is shown, or told, who could not
 * read the job in that same moment.
 */
@Injectable()
export class JobAudiences implements BeforeApplicationShutdown {
  private readonly guests = new Map<string, Guest>();
  /** Those who are shown, by job; a socket that closed is shown for the grace. */
  private readonly shown = new Map<string, Set<Guest>>();
  /** What is to be told: jobs to everybody who takes part, and to single sockets that came back to a room. */
  private readonly changed = new Set<string>();
  private readonly restingUntil = new Map<string, number>();
  private readonly returned = new Map<Guest, Set<string>>();
  private readonly telling = new Soon(TOGETHER_MS, () => this.tell());
  private readonly graceMs: number;

  constructor(
    roster: Roster,
    private readonly exchange: PresenceExchange,
    private readonly news: ViewerNews,
    @Inject(HARMONIA_GATEWAY_OPTIONS) { presence }: HarmoniaGatewayOptions,
  ) {
    this.graceMs = presence?.graceMs ?? PRESENCE_DEFAULTS.graceMs;
    roster.listen({
      userChanged: () => undefined,
      viewersChanged: (jobId) => {
        if (!this.shown.has(jobId)) return;
        this.changed.add(jobId);
        this.telling.ask();
      },
    });
  }

  /** Called once, before the first socket. */
  open(namespace: Namespace): void {
    namespace.adapter.on('join-room', (room: string, socketId: string) => this.moved(room, socketId));
    namespace.adapter.on('leave-room', (room: string, socketId: string) => this.moved(room, socketId));
  }

  beforeApplicationShutdown(): void {
    this.telling.stop();
  }

  /**
   * The socket takes part from now on, and this is what it sees; the others are told.
   *
   * @throws RefusalError `job-not-found` when it does not watch the job; `unavailable` while it is asked whether it still may.
   */
  enter(watcher: Watcher, jobId: string): JobViewers {
    if (watcher.suspended.has(jobRoom(jobId))) throw new RefusalError('unavailable');
    if (!watcher.isIn(jobRoom(jobId))) throw new RefusalError('job-not-found', NOT_HERE);
    const guest = this.guests.get(watcher.id) ?? { watcher, jobs: new Set(), told: new Map() };
    if (guest.jobs.size >= MAX_SYNC_JOBS && !guest.jobs.has(jobId)) throw new RefusalError('payload-invalid', TOO_MANY);
    this.guests.set(watcher.id, guest);
    guest.jobs.add(jobId);
    this.show(guest, jobId);
    return this.news.seenBy(guest, jobId);
  }

  leave(watcher: Watcher, jobId: string): void {
    const guest = this.guests.get(watcher.id);
    if (guest?.jobs.delete(jobId)) this.hide(guest, jobId);
    guest?.told.delete(jobId);
    if (guest?.jobs.size === 0) this.guests.delete(watcher.id);
  }

  /** To be told of every socket that closed. */
  closed({ id }: Watcher): void {
    const guest = this.guests.get(id);
    if (!guest) return;
    this.guests.delete(id);
    setTimeout(() => guest.jobs.forEach((jobId) => this.hide(guest, jobId)), this.graceMs).unref();
  }

  private moved(room: string, socketId: string): void {
    if (this.guests.size === 0) return;
    const guest = this.guests.get(socketId);
    const jobId = guest ? jobOfRoom(roomMeant(room)) : null;
    // out of one room and into another is one step [L2]
    if (guest && jobId !== null && guest.jobs.has(jobId)) queueMicrotask(() => this.follow(guest, jobId));
  }

  /** A socket is shown where it is, and no longer takes part in what it has left of its own. */
  private follow(guest: Guest, jobId: string): void {
    const { watcher, jobs } = guest;
    if (!watcher.isConnected || !jobs.has(jobId)) return;
    const room = jobRoom(jobId);
    if (!watcher.isIn(room)) return watcher.suspended.has(room) ? this.hide(guest, jobId) : this.leave(watcher, jobId);
    this.show(guest, jobId);
    this.returned.set(guest, (this.returned.get(guest) ?? new Set()).add(jobId));
    this.telling.ask();
  }

  private show(guest: Guest, jobId: string): void {
    this.shown.set(jobId, (this.shown.get(jobId) ?? new Set()).add(guest));
    const { session } = guest.watcher;
    if (this.ownViewer(jobId, session.userId)) return;
    this.exchange.setViewer(jobId, session.userId, { since: Date.now(), ...nameOf(session) });
  }

  private hide(guest: Guest, jobId: string): void {
    const ofJob = this.shown.get(jobId);
    if (!ofJob?.delete(guest)) return;
    if (ofJob.size === 0) {
      this.shown.delete(jobId);
      this.restingUntil.delete(jobId);
    }
    const { userId } = guest.watcher.session;
    if ([...ofJob].some(({ watcher }) => watcher.session.userId === userId)) return;
    this.exchange.setViewer(jobId, userId, null);
  }

  private ownViewer(jobId: string, userId: string): boolean {
    return this.exchange.own.viewers.get(jobId)?.has(userId) ?? false;
  }

  private tell(): void {
    const now = performance.now();
    const due = [...this.changed].filter((jobId) => (this.restingUntil.get(jobId) ?? 0) <= now);
    for (const jobId of due) {
      const guests = this.shown.get(jobId) ?? new Set();
      this.changed.delete(jobId);
      this.news.tell(jobId, guests);
      if (guests.size > 0) this.restingUntil.set(jobId, now + guests.size * REST_PER_GUEST_MS);
    }
    for (const [guest, jobs] of this.returned) jobs.forEach((jobId) => !due.includes(jobId) && this.news.tell(jobId, [guest]));
    this.returned.clear();
    if (this.changed.size > 0) this.telling.ask();
  }
}

const TOO_MANY = `A socket is shown on at most ${MAX_SYNC_JOBS} jobs: leave one of them first (presence:unwatch).`;
