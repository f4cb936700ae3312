import { RefusalError } from '@harmonia/contract';
import { Inject, Injectable } from '@nestjs/common';
import { HARMONIA_GATEWAY_OPTIONS, type HarmoniaGatewayOptions } from '../gateway-options.js';
import { jobOfRoom, jobRoom } from '../jobs/rooms.js';
import type { Watcher } from '../jobs/watcher.js';
import { limitsOf } from './limits.js';

/** How many jobs a socket may watch by name [L1]; requests of a socket are decided one after the other, so nothing slips by. */
@Injectable()
export class WatchLimit {
  private readonly most: number;

  constructor(@Inject(HARMONIA_GATEWAY_OPTIONS) options: HarmoniaGatewayOptions) {
    this.most = limitsOf(options).watchesPerSocket;
  }

  /** @throws RefusalError `too-many-watches` when this job would be one too many. */
  admit(watcher: Watcher, jobId: string): string {
    const watched = new Set([...watcher.rooms, ...watcher.suspended].filter((room) => jobOfRoom(room) !== null));
    if (!watched.has(jobRoom(jobId)) && watched.size >= this.most) throw new RefusalError('too-many-watches');
    return jobId;
  }

  /** @throws RefusalError `too-many-watches` when so many are declared together. */
  admitAll<Declared extends { readonly jobs: Readonly<Record<string, number>> }>(declared: Declared): Declared {
    if (Object.keys(declared.jobs).length > this.most) throw new RefusalError('too-many-watches');
    return declared;
  }
}
