import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { JobSession } from '@harmonia/job-engine';
import type { Namespace } from 'socket.io';
import type { HarmoniaSocket } from '../connection/harmonia-socket.js';
import { HARMONIA_GATEWAY_OPTIONS, type HarmoniaGatewayOptions } from '../gateway-options.js';
import { GUEST_ROOM } from '../jobs/rooms.js';
import type { Watcher } from '../jobs/watcher.js';
import { PresenceExchange } from './presence-exchange.js';
import { PRESENCE_DEFAULTS } from './presence-options.js';

interface LocalUser {
  readonly watchers: Set<Watcher>;
  readonly since: number;
  readonly name?: string;
}

const LONGEST_NAME = 200;

/** What is shown of a session to others. */
export const nameOf = ({ profile }: JobSession): { readonly name?: string } =>
  profile?.name === undefined ? {} : { name: profile.name.slice(0, LONGEST_NAME) };

/** Who is connected to this process, with all their sockets [P1]. */
@Injectable()
export class LocalUsers implements BeforeApplicationShutdown {
  private readonly users = new Map<string, LocalUser>();
  private readonly graceMs: number;
  private namespace: Namespace | null = null;
  private isStopped = false;

  constructor(
    private readonly exchange: PresenceExchange,
    @Inject(HARMONIA_GATEWAY_OPTIONS) { presence }: HarmoniaGatewayOptions,
  ) {
    this.graceMs = presence?.graceMs ?? PRESENCE_DEFAULTS.graceMs;
  }

  beforeApplicationShutdown(): void {
    this.isStopped = true;
  }

  /** Called once, before the first socket. */
  open(namespace: Namespace): void {
    this.namespace = namespace;
  }

  /** Tells these sockets, but none that is slow [L2]; what is said is written once. Returns whether it went to any. */
  sendTo(watchers: readonly Watcher[], event: string, payload: object): boolean {
    const told = watchers.filter(({ kept, isConnected }) => kept === null && isConnected);
    // to nobody would be to everybody
    if (told.length > 0) this.namespace?.local.to(told.map(({ id }) => id)).emit(event, payload);
    return told.length > 0;
  }

  /** As {@link sendTo}, to every socket of a user. */
  sendToAll(event: string, payload: object): boolean {
    const slow = [...this.users.values()].flatMap(({ watchers }) => [...watchers]).filter(({ kept }) => kept !== null);
    return this.namespace?.local.except([GUEST_ROOM, ...slow.map(({ id }) => id)]).emit(event, payload) ?? false;
  }

  /** The sockets of a user. */
  socketsOf(userId: string): readonly Watcher[] {
    return [...(this.users.get(userId)?.watchers ?? [])];
  }

  /** The watcher of a socket that was added. */
  watcherOf({ id, data }: HarmoniaSocket): Watcher | undefined {
    return this.socketsOf(data.session.userId).find((watcher) => watcher.id === id);
  }

  add(watcher: Watcher): void {
    const { userId } = watcher.session;
    const user = this.users.get(userId) ?? { watchers: new Set(), since: Date.now(), ...nameOf(watcher.session) };
    this.users.set(userId, user);
    user.watchers.add(watcher);
    this.tell(userId, user);
  }

  delete(watcher: Watcher): void {
    const { userId } = watcher.session;
    const user = this.users.get(userId);
    if (!user?.watchers.delete(watcher)) return;
    this.tell(userId, user);
    if (user.watchers.size === 0) setTimeout(() => this.forget(userId, user), this.graceMs).unref();
  }

  private forget(userId: string, user: LocalUser): void {
    if (this.isStopped || user.watchers.size > 0 || this.users.get(userId) !== user) return;
    this.users.delete(userId);
    this.exchange.setUser(userId, null);
  }

  private tell(userId: string, { watchers, since, name }: LocalUser): void {
    const user = { connections: watchers.size, since };
    if (!this.isStopped) this.exchange.setUser(userId, name === undefined ? user : { ...user, name });
  }
}
