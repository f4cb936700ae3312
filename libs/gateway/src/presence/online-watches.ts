import { RefusalError, type OnlineUser, type PresenceFrame } from '@harmonia/contract';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Watcher } from '../jobs/watcher.js';
import { LocalUsers } from './local-users.js';
import { onlineUser } from './online-user.js';
import { PresenceSight } from './presence-sight.js';
import { Roster } from './roster.js';
import { Soon } from './soon.js';

/** What happens within so many ms is told in one frame, of at most so many users [P3]. */
const TOGETHER_MS = 100;
const MOST_IN_A_FRAME = 500;
const MOST_LISTED = 1000;
/** A socket that has to be told of more than so many does not keep up, and is closed. */
const MOST_OWED = 10_000;

/** Tells whoever may see everybody who comes online and who goes [P3]. */
@Injectable()
export class OnlineWatches implements BeforeApplicationShutdown {
  /** The users of whom each has to be told, in their state then. */
  private readonly owed = new Map<Watcher, Set<string>>();
  private readonly telling = new Soon(TOGETHER_MS, () => this.tell());

  constructor(
    private readonly local: LocalUsers,
    private readonly roster: Roster,
    private readonly sight: PresenceSight,
  ) {
    roster.listen({ userChanged: (userId) => this.changed(userId), viewersChanged: () => undefined });
  }

  beforeApplicationShutdown(): void {
    this.telling.stop();
  }

  /** @throws RefusalError `forbidden` unless the policy shows the session everybody. */
  enter(watcher: Watcher): { readonly users: readonly OnlineUser[]; readonly count: number } {
    if (!this.sight.everybody(watcher.session)) throw new RefusalError('forbidden');
    this.owed.set(watcher, new Set());
    return { users: this.listed(), count: this.roster.count };
  }

  /** To be told of every socket that closed, too. */
  leave(watcher: Watcher): void {
    this.owed.delete(watcher);
  }

  /** [S6] The rights of a session have changed: who may not see everybody any more is told nothing more. */
  reconsider(watcher: Watcher): void {
    if (this.owed.has(watcher) && !this.sight.everybody(watcher.session)) this.leave(watcher);
  }

  private listed(): OnlineUser[] {
    const users: OnlineUser[] = [];
    for (const userId of this.roster.userIds()) {
      const user = this.roster.user(userId);
      if (user) users.push(onlineUser(userId, user));
      if (users.length === MOST_LISTED) break;
    }
    return users;
  }

  private changed(userId: string): void {
    if (this.owed.size === 0) return;
    this.owed.forEach((users) => users.add(userId));
    this.telling.ask();
  }

  private tell(): void {
    for (const [watcher, users] of this.owed) {
      if (users.size === 0) continue;
      // it is told when it has drained [L2]
      if (watcher.kept) this.telling.ask();
      else if (watcher.isPlain) this.tellPlain(watcher, users);
      else this.tellFrames(watcher, [...users]);
      if (!watcher.kept) users.clear();
      else if (users.size > MOST_OWED) void watcher.close('timeout');
    }
  }

  private tellPlain(watcher: Watcher, users: ReadonlySet<string>): void {
    const now = new Date().toISOString();
    for (const userId of users) {
      const user = this.roster.user(userId);
      if (user) this.local.sendTo([watcher], 'user:online', { userId, at: new Date(user.since).toISOString() });
      else this.local.sendTo([watcher], 'user:offline', { userId, at: now });
    }
  }

  private tellFrames(watcher: Watcher, users: readonly string[]): void {
    for (let from = 0; from < users.length; from += MOST_IN_A_FRAME) {
      this.local.sendTo([watcher], 'presence:frame', this.frameOf(users.slice(from, from + MOST_IN_A_FRAME)));
    }
  }

  private frameOf(userIds: readonly string[]): PresenceFrame {
    const states = userIds.map((userId) => ({ userId, user: this.roster.user(userId) }));
    return {
      at: new Date().toISOString(),
      online: states.flatMap(({ userId, user }) => (user ? [onlineUser(userId, user)] : [])),
      offline: states.flatMap(({ userId, user }) => (user ? [] : [userId])),
      count: this.roster.count,
    };
  }
}
