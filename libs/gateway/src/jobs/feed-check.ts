import { RefusalError } from '@harmonia/contract';
import { JOB_STORE, type JobStore } from '@harmonia/job-engine';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { refusalOf } from '../connection/refusal-of.js';
import { HARMONIA_GATEWAY_OPTIONS, type HarmoniaGatewayOptions } from '../gateway-options.js';
import { CatchUp } from './catch-up.js';
import { JobFeed } from './job-feed.js';
import { RepairCounts } from './repair-counts.js';
import { userRoom, watchRoomsOf } from './rooms.js';
import { ToldJobs, type ToldVersion } from './told-jobs.js';
import { Watchers } from './watchers.js';

const EVERY_MS = 5000;
/** What a round looks at: the jobs that changed since the last one, those first that have been quiet for longest. */
const PAGE = 500;
const MOST_PAGES = 4;

/** A state in the store that was not heard of yet when it was read. */
interface Suspect extends ToldVersion {
  readonly userId: string;
}

/**
 * Looks every few seconds whether all that changed in the store was heard of here [F3]. What is not heard of by the next
 * round is told by way of {@link CatchUp}, and counted: it means that the feed is broken. It costs one question to the store,
 * of what changed since the last, whatever is watched; and nothing where no other process can write, or nobody watches.
 */
@Injectable()
export class FeedCheck {
  private readonly log = new Logger(FeedCheck.name);
  private readonly everyMs: number;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  /** Up to where the store was compared; null: from the next round on. */
  private position: string | null = null;
  private suspects: readonly Suspect[] = [];
  private beganAt = 0;
  /** An epoch that the feed was not in when it was seen. */
  private strangeEpoch: string | null = null;

  constructor(
    @Inject(HARMONIA_GATEWAY_OPTIONS) { checkEveryMs }: HarmoniaGatewayOptions,
    @Inject(JOB_STORE) private readonly store: JobStore,
    private readonly feed: JobFeed,
    private readonly told: ToldJobs,
    private readonly watchers: Watchers,
    private readonly catchUp: CatchUp,
    private readonly counts: RepairCounts,
  ) {
    this.everyMs = checkEveryMs ?? EVERY_MS;
  }

  start(): void {
    if (this.everyMs > 0 && this.store.isShared) this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (;;) {
      await wait(this.everyMs, undefined, { ref: false, signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.round().catch((error: unknown) => this.fail(error));
    }
  }

  private async round(): Promise<void> {
    this.mend(this.suspects.filter((suspect) => !this.told.reaches(suspect)));
    this.suspects = [];
    const { position, beganAt } = this;
    this.beganAt = Date.now();
    if (this.watchers.all.length === 0) this.position = null;
    else if (position === null) this.position = await this.present();
    // whatever was told since then is still remembered
    else if (this.told.remembersSince(beganAt)) this.suspects = await this.compare(position);
    else this.position = null;
  }

  private async present(): Promise<string | null> {
    const { epoch, position } = await this.store.read([]);
    return this.isKnown(epoch) ? position : null;
  }

  /** Whether the feed is in this epoch; one that it has not noticed by the next round it is led into [F2]. */
  private isKnown(epoch: string): boolean {
    const isKnown = epoch === this.feed.epoch;
    if (!isKnown && epoch === this.strangeEpoch) this.feed.enter(epoch);
    this.strangeEpoch = isKnown ? null : epoch;
    return isKnown;
  }

  private async compare(from: string): Promise<readonly Suspect[]> {
    const suspects: Suspect[] = [];
    this.position = null;
    for (let [page, position] = [0, from]; page < MOST_PAGES; page++) {
      const changes = await this.store.since(position, 'all', PAGE);
      const { epoch } = changes;
      if (!this.isKnown(epoch) || changes.reset) return [];
      const rows = [...changes.jobs, ...changes.removed].map(({ id, userId, version }) => ({ id, userId, version, epoch }));
      suspects.push(...rows.filter((row) => !this.told.reaches(row) && this.isWatched(row)));
      position = changes.position;
      if (changes.more) continue;
      this.position = position;
      return suspects;
    }
    // more changes than is worth looking at: the next round begins from then
    return suspects;
  }

  private isWatched(job: Suspect): boolean {
    return watchRoomsOf(job).some((room) => this.watchers.in(room).length > 0);
  }

  private mend(untold: readonly Suspect[]): void {
    if (untold.length === 0) return;
    const owners = untold.map(({ id }) => this.told.ownerOf(id)).filter((userId) => userId !== undefined);
    const rooms = new Set([...untold.flatMap(watchRoomsOf), ...owners.map(userRoom)]);
    const those = new Set([...rooms].flatMap((room) => this.watchers.in(room)));
    this.counts.untold += untold.length;
    this.log.warn(`The store did not tell of ${untold.length} changed jobs: ${those.size} sockets are brought up to date.`);
    this.catchUp.begin([...those], Date.now() - 3 * this.everyMs);
  }

  /** While the store is away there is nothing to compare with. */
  private fail(error: unknown): void {
    this.position = null;
    if (error instanceof RefusalError && error.code === 'unavailable') return;
    refusalOf(error, 'Comparing with the store', this.log);
  }
}
