import type { ConnectedUsers, JobViewer, OnlineUser } from '@harmonia/contract';
import { Injectable } from '@nestjs/common';
import { onlineUser } from './online-user.js';
import { Roster } from './roster.js';

/**
 * Who is there, on all nodes together, as this one knows it now [P1]: for code of the host, which decides itself whom it
 * tells.
 *
 * @example
 * if (!presence.isUserOnline(job.userId)) await mail.send(job.userId, 'Your export is ready.');
 */
@Injectable()
export class Presence {
  constructor(private readonly roster: Roster) {}

  /** Whether the user is connected, or was a moment ago. */
  isUserOnline(userId: string): boolean {
    return this.roster.isOnline(userId);
  }

  /** Everybody who is online, each user once, in no order. */
  getOnlineUsers(): readonly OnlineUser[] {
    return this.connected().map(({ userId, ...user }) => onlineUser(userId, user));
  }

  /** How many users are online; costs nothing, however many they are. */
  getOnlineUsersCount(): number {
    return this.roster.count;
  }

  /** Who takes part in the presence of a job [P2], those who have for longest first. */
  viewersOf(jobId: string): readonly JobViewer[] {
    return this.roster.viewersOf(jobId).map(([userId, viewer]) => onlineUser(userId, viewer));
  }

  /** Users with how many connections each has; at most so many of them, and all of them counted. */
  connectedUsers(most = 1000): ConnectedUsers {
    const all = this.connected();
    const users = all.slice(0, most).map(({ userId, connections, ...user }) => ({ ...onlineUser(userId, user), connections }));
    const connections = all.reduce((sum, user) => sum + user.connections, 0);
    const nodes = [...this.roster.said.values()].filter((node) => node.users.size > 0).length;
    return { users, count: all.length, connections, nodes };
  }

  private connected() {
    return [...this.roster.userIds()].flatMap((userId) => {
      const user = this.roster.user(userId);
      return user ? [{ userId, ...user }] : [];
    });
  }
}
