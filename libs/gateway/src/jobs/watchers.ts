import type { RefusalCode } from '@harmonia/contract';
import { Injectable } from '@nestjs/common';
import type { Namespace } from 'socket.io';
import type { HarmoniaSocket } from '../connection/harmonia-socket.js';
import { Watcher } from './watcher.js';
import type { WireEvent } from './wire-events.js';

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

  /** Closes the sessions of one user, or all of them. */
  close(code: RefusalCode, retryAfterMs: number, userId?: string): void {
    const all = [...this.connected.values()];
    const some = userId === undefined ? all : all.filter((watcher) => watcher.session.userId === userId);
    some.forEach((watcher) => watcher.close(code, retryAfterMs));
  }
}
