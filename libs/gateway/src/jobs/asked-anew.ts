import { Injectable, Logger } from '@nestjs/common';
import { refusalOf } from '../connection/refusal-of.js';
import { JobWatches } from './job-watches.js';
import type { Watcher } from './watcher.js';

/** So many jobs are asked about at a time. */
const AT_ONCE = 200;

/** Asks anew what sockets may see [S7], in turn with what they request, about many jobs at once where many are in doubt. */
@Injectable()
export class AskedAnew {
  private readonly log = new Logger(AskedAnew.name);
  private readonly doubtful = new WeakMap<Watcher, Set<string>>();

  constructor(private readonly watches: JobWatches) {}

  ask(watchers: Iterable<Watcher>, jobId: string): void {
    for (const watcher of watchers) {
      const known = this.doubtful.get(watcher);
      if (known) known.add(jobId);
      else this.begin(watcher, jobId);
    }
  }

  private begin(watcher: Watcher, jobId: string): void {
    this.doubtful.set(watcher, new Set([jobId]));
    watcher.inTurn(() => this.reconsider(watcher));
  }

  private async reconsider(watcher: Watcher): Promise<void> {
    const all = [...(this.doubtful.get(watcher) ?? [])];
    this.doubtful.delete(watcher);
    try {
      for (let first = 0; first < all.length; first += AT_ONCE) await this.watches.reconsider(watcher, all.slice(first, first + AT_ONCE));
    } catch (error) {
      // it cannot be told what it may see: let it come back and ask
      void watcher.close(refusalOf(error, 'Asking again what a socket may see', this.log).code);
    }
  }
}
