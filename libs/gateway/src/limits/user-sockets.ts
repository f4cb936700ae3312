import { Inject, Injectable } from '@nestjs/common';
import { HARMONIA_GATEWAY_OPTIONS, type HarmoniaGatewayOptions } from '../gateway-options.js';
import type { Watcher } from '../jobs/watcher.js';
import { limitsOf } from './limits.js';

/** The sockets of each user at this node, the oldest first: too many of them, and the oldest gives way [L1]. */
@Injectable()
export class UserSockets {
  private readonly sockets = new Map<string, Set<Watcher>>();
  private readonly most: number;

  constructor(@Inject(HARMONIA_GATEWAY_OPTIONS) options: HarmoniaGatewayOptions) {
    this.most = limitsOf(options).socketsPerUser;
  }

  add(watcher: Watcher): void {
    const theirs = this.sockets.get(watcher.session.userId) ?? new Set();
    this.sockets.set(watcher.session.userId, theirs.add(watcher));
    const [oldest] = theirs;
    if (theirs.size <= this.most || !oldest) return;
    this.delete(oldest);
    void oldest.close('too-many-connections');
  }

  delete(watcher: Watcher): void {
    const theirs = this.sockets.get(watcher.session.userId);
    theirs?.delete(watcher);
    if (theirs?.size === 0) this.sockets.delete(watcher.session.userId);
  }
}
