import type { RefusalCode } from '@harmonia/contract';
import { Injectable } from '@nestjs/common';
import { setTimeout } from 'node:timers/promises';
import type { Namespace } from 'socket.io';
import type { HarmoniaSocket } from '../connection/harmonia-socket.js';
import { Watcher } from './watcher.js';
import type { WireEvent } from './wire-events.js';

const PATIENCE_MS = 1000;

/** The sockets of Harmonia's namespace that are connected to this process, and their rooms. */
@Injectable()
export class Watchers {
  private readonly connected = new Map<string, Watcher>();
  private namespace: Namespace | null = null;

  /** Called once, before the first socket. */
  open(namespace: Namespace): void {
    this.namespace = namespace;
  }

  add(socket: HarmoniaSocket): Watcher {
    const watcher = new Watcher(socket);
    this.connected.set(socket.id, watcher);
    return watcher;
  }

  delete(socket: HarmoniaSocket): void {
    this.connected.delete(socket.id);
  }

  in(room: string): readonly Watcher[] {
    const ids = [...(this.namespace?.adapter.rooms.get(room) ?? [])];
    return ids.flatMap((id) => this.connected.get(id) ?? []);
  }

  /** Tells every socket in at least one of the rooms once [E2], here alone: other nodes follow the store themselves [F1]. */
  tell(rooms: readonly string[], { name, payload }: WireEvent, except: readonly string[] = []): void {
    const { namespace } = this;
    // nothing is encoded for rooms that nobody is in
    if (!namespace || !rooms.some((room) => namespace.adapter.rooms.has(room))) return;
    namespace.local
      .to([...rooms])
      .except([...except])
      .emit(name, payload);
  }

  empty(room: string): void {
    this.in(room).forEach((watcher) => watcher.leave(room));
  }

  /** Closes the sessions of one user. */
  closeUser(userId: string, code: RefusalCode): void {
    const theirs = this.all.filter(({ session }) => session.userId === userId);
    theirs.forEach((watcher) => void watcher.close(code));
  }

  /** Closes every session, and waits until they are gone, but not long for those that do not listen. */
  async closeAll(code: RefusalCode, retryAfterMs: number): Promise<void> {
    const gone = Promise.all(this.all.map((watcher) => watcher.close(code, retryAfterMs)));
    const patience = new AbortController();
    await Promise.race([gone, setTimeout(PATIENCE_MS, undefined, patience)]).finally(() => patience.abort());
  }

  private get all(): readonly Watcher[] {
    return [...this.connected.values()];
  }
}
