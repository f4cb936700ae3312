import { JobAccess } from '@harmonia/job-engine';
import { Inject, Injectable } from '@nestjs/common';
import type { HarmoniaSocket } from '../connection/harmonia-socket.js';
import { HARMONIA_GATEWAY_OPTIONS, type HarmoniaGatewayOptions } from '../gateway-options.js';
import { GatewayCounts } from '../operations/gateway-counts.js';
import { JobWatches } from './job-watches.js';
import { Pace, type PaceListener } from './pace.js';
import { SlowSpell } from './slow-spell.js';
import type { Watcher } from './watcher.js';
import { Watchers } from './watchers.js';

const MOST_BYTES = 256 * 1024;
const PATIENCE_MS = 30_000;

/**
 * Notices sockets that do not keep up [L2]: nothing of what happens is sent to them any more, so that each costs little
 * memory, however much happens.
 */
@Injectable()
export class SlowSockets {
  private readonly mostBytes: number;
  private readonly patienceMs: number;
  private readonly paces = new WeakMap<Watcher, Pace>();

  constructor(
    @Inject(HARMONIA_GATEWAY_OPTIONS) { slow }: HarmoniaGatewayOptions,
    private readonly watchers: Watchers,
    private readonly watches: JobWatches,
    private readonly access: JobAccess,
    private readonly counts: GatewayCounts,
  ) {
    this.mostBytes = slow?.queuedBytes ?? MOST_BYTES;
    this.patienceMs = slow?.patienceMs ?? PATIENCE_MS;
  }

  /** To be told of every new socket. */
  watch(socket: HarmoniaSocket, watcher: Watcher): void {
    let spell: SlowSpell | null = null;
    const listener: PaceListener = {
      fellBehind: () => {
        if (!watcher.kept && watcher.isConnected) spell = this.begin(watcher, pace);
      },
      caughtUp: () => spell?.look(),
    };
    const pace = new Pace(socket, this.mostBytes, listener, this.counts);
    this.paces.set(watcher, pace);
  }

  /** When a socket may be answered: one that does not read would else have answers pile up for it, as many as it asks for. */
  async untilRead(watcher: Watcher): Promise<void> {
    await this.paces.get(watcher)?.untilRead();
  }

  private begin(watcher: Watcher, pace: Pace): SlowSpell {
    const { watchers, watches, access, patienceMs } = this;
    this.counts.slowSpells++;
    return new SlowSpell(watcher, pace, { watchers, watches, access, patienceMs });
  }
}
