import type { RefusalCode } from '@harmonia/contract';
import { goesBy } from '@harmonia/job-engine';
import { Injectable } from '@nestjs/common';
import { setTimeout } from 'node:timers/promises';
import type { Namespace } from 'socket.io';
import type { HarmoniaSocket } from '../connection/harmonia-socket.js';
import { AwaitedJobs } from './awaited-jobs.js';
import { Watcher } from './watcher.js';
import type { KeptJobs } from './kept-jobs.js';
import { plainRoom, slowRoom } from './rooms.js';
import type { FrameEvent, WireEvent } from './wire-events.js';
import { Withheld } from './withheld.js';

const PATIENCE_MS = 1000;

/** When the server stops: clients come back after so long at least, ms, and so many in a millisecond, within bounds. */
const COME_BACK_MS = 500;
const BACK_PER_MS = 2;
const [LEAST_SPREAD_MS, MOST_SPREAD_MS] = [1000, 9000];

/** The sockets of Harmonia's namespace that are connected to this process, and their rooms. */
@Injectable()
export class Watchers {
  /** What their lists must not tell them. */
  readonly withheld = new Withheld();
  /** What they declare to watch and is not theirs to see, or not there. */
  readonly awaited = new AwaitedJobs();
  private readonly connected = new Map<string, Watcher>();
  private namespace: Namespace | null = null;
  private readonly slow = new Set<Watcher>();
  private plain = 0;
  /** How many sockets have connected since the start. */
  opened = 0;

  /** Called once, before the first socket. */
  open(namespace: Namespace): void {
    this.namespace = namespace;
  }

  add(socket: HarmoniaSocket): Watcher {
    const watcher = new Watcher(socket);
    this.connected.set(socket.id, watcher);
    this.opened++;
    if (watcher.isPlain) this.plain++;
    return watcher;
  }

  /** Answers whom it knew by that socket. */
  delete(socket: HarmoniaSocket): Watcher | null {
    const watcher = this.connected.get(socket.id) ?? null;
    if (watcher?.isPlain) this.plain--;
    if (watcher) this.forget(watcher);
    this.connected.delete(socket.id);
    return watcher;
  }

  private forget(watcher: Watcher): void {
    this.slow.delete(watcher);
    this.withheld.forget(watcher);
    this.awaited.forget(watcher);
  }

  /** Everybody who is connected. */
  get all(): readonly Watcher[] {
    return [...this.connected.values()];
  }

  in(room: string): readonly Watcher[] {
    return !this.hasSlow ? this.foundIn(room) : [...this.foundIn(room), ...this.foundIn(slowRoom(room))];
  }

  /** Whether there is anybody to keep anything for [L2]. */
  get hasSlow(): boolean {
    return this.slow.size > 0;
  }

  /** How many there are of those. */
  get slowCount(): number {
    return this.slow.size;
  }

  /** Those in at least one of the rooms for whom what happens there is kept [L2]. */
  slowIn(rooms: readonly string[]): readonly Watcher[] {
    return [...new Set(rooms.flatMap((room) => this.foundIn(slowRoom(room))))];
  }

  /** The sockets of one user that do not keep up. */
  slowOf(userId: string): readonly Watcher[] {
    return [...this.slow].filter(({ session }) => goesBy(session, userId));
  }

  /** [L2] What happens is kept for it from now on, or told it again (null). */
  keep(watcher: Watcher, kept: KeptJobs | null): void {
    watcher.keep(kept);
    if (kept) this.slow.add(watcher);
    else this.slow.delete(watcher);
  }

  has(room: string): boolean {
    return this.namespace?.adapter.rooms.has(room) ?? false;
  }

  /** How many sockets are in a room. */
  sizeOf(room: string): number {
    return this.namespace?.adapter.rooms.get(room)?.size ?? 0;
  }

  /** Every room, those of Socket.IO and of the host too, and how many sockets are in it. */
  *rooms(): Generator<readonly [room: string, size: number]> {
    for (const [room, { size }] of this.namespace?.adapter.rooms ?? []) yield [room, size];
  }

  /** How many clients are connected that are plain [E3]. */
  get plainCount(): number {
    return this.plain;
  }

  /** Whether somebody is connected who knows frames [E4]. */
  get hasFramed(): boolean {
    return this.connected.size > this.plain;
  }

  /** Whether somebody is connected who does not [E3]. */
  get hasPlain(): boolean {
    return this.plain > 0;
  }

  /**
   * Tells every socket in at least one of the rooms once [E2], here alone: other nodes follow the store themselves [F1].
   * Returns whether there was any.
   */
  tell(rooms: readonly string[], { name, payload }: WireEvent | FrameEvent, except: readonly string[] = []): boolean {
    // nothing is encoded for rooms that nobody is in
    if (!rooms.some((room) => this.has(room))) return false;
    const told = this.namespace?.local.to([...rooms]);
    return (except.length === 0 ? told : told?.except([...except]))?.emit(name, payload) ?? false;
  }

  /** As {@link tell}, the plain clients in the rooms, for whom frames are nothing [E3]. */
  tellPlain(rooms: readonly string[], events: () => readonly WireEvent[], except: readonly string[] = []): boolean {
    const theirs = rooms.map(plainRoom);
    if (!theirs.some((room) => this.has(room))) return false;
    events().forEach((event) => this.tell(theirs, event, except));
    return true;
  }

  empty(room: string): void {
    this.in(room).forEach((watcher) => watcher.leave(room));
  }

  /** Closes the sessions of one user. */
  closeUser(userId: string, code: RefusalCode): void {
    const theirs = this.all.filter(({ session }) => goesBy(session, userId));
    theirs.forEach((watcher) => void watcher.close(code));
  }

  /**
   * Closes every session, each to come back at a time of its own, so that other nodes are not stormed, and waits until they
   * are gone, but not long for those that do not listen.
   */
  async closeAll(code: RefusalCode): Promise<void> {
    const spread = Math.min(Math.max(this.connected.size / BACK_PER_MS, LEAST_SPREAD_MS), MOST_SPREAD_MS);
    const gone = Promise.all(this.all.map((watcher) => watcher.close(code, Math.round(COME_BACK_MS + Math.random() * spread))));
    const patience = new AbortController();
    await Promise.race([gone, setTimeout(PATIENCE_MS, undefined, patience)]).finally(() => patience.abort());
  }

  private foundIn(room: string): Watcher[] {
    const found: Watcher[] = [];
    this.namespace?.adapter.rooms.get(room)?.forEach((id) => {
      const watcher = this.connected.get(id);
      if (watcher) found.push(watcher);
    });
    return found;
  }
}
