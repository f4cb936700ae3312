import type { Connection, NodeStats } from '@harmonia/contract';
import { Injectable } from '@nestjs/common';
import { hostname } from 'node:os';
import { RepairCounts } from '../jobs/repair-counts.js';
import { ADMIN_ROOM, isWatchRoom, jobOfRoom, roomMeant, userRoom } from '../jobs/rooms.js';
import type { Watcher } from '../jobs/watcher.js';
import { Watchers } from '../jobs/watchers.js';
import { NodeBus } from '../nodes/node-bus.js';
import { GatewayCounts } from './gateway-counts.js';
import { RecentFigures } from './recent-figures.js';

/** How this node is, read where it is known anyway: nothing is kept for it but the counts. */
@Injectable()
export class NodeFigures {
  private readonly startedAt = new Date(Date.now() - process.uptime() * 1000).toISOString();

  constructor(
    private readonly bus: NodeBus,
    private readonly watchers: Watchers,
    private readonly counts: GatewayCounts,
    private readonly recent: RecentFigures,
    private readonly repairs: RepairCounts,
  ) {}

  read(): NodeStats {
    const { all, slowCount } = this.watchers;
    return {
      node: this.bus.nodeId,
      host: hostname(),
      isHere: true,
      startedAt: this.startedAt,
      connected: all.length,
      users: this.users,
      subscriptions: this.subscriptions(),
      ...this.recent.read(),
      slowConsumers: slowCount,
      repairs: this.repairs.missed + this.repairs.untold,
      refusals: this.refusals(),
      memoryBytes: process.memoryUsage.rss(),
    };
  }

  /** How many users are connected. */
  get users(): number {
    return new Set(this.watchers.all.map(({ session }) => session.userId)).size;
  }

  /** By the rooms, since these are what decides who is told. */
  subscriptions(): NodeStats['subscriptions'] {
    const counts = { jobs: 0, users: 0, all: 0 };
    for (const [name, size] of this.watchers.rooms()) {
      const room = roomMeant(name);
      if (jobOfRoom(room) !== null) counts.jobs += size;
      else if (room === ADMIN_ROOM) counts.all += size;
      else if (isWatchRoom(room)) counts.users += size;
    }
    return counts;
  }

  connectionOf(watcher: Watcher): Connection {
    const { id, session, rooms, isPlain, kept, handshake } = watcher;
    return {
      id,
      userId: session.userId,
      node: this.bus.nodeId,
      since: new Date(handshake.issued).toISOString(),
      client: isPlain ? 'plain' : 'harmonia',
      isSlow: kept !== null,
      subscriptions: {
        jobs: rooms.filter((room) => jobOfRoom(room) !== null).length,
        user: rooms.includes(userRoom(session.userId)),
        all: rooms.includes(ADMIN_ROOM),
      },
    };
  }

  private refusals(): NodeStats['refusals'] {
    const sums: Record<string, number> = {};
    for (const counts of Object.values(this.counts.refusals)) {
      for (const [code, count] of counts) sums[code] = (sums[code] ?? 0) + count;
    }
    return sums;
  }
}
