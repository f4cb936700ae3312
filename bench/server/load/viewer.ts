import type { Truth } from '../node/truth.ts';
import { ageOf, machineNow } from '../rig/clock.ts';
import { Client, type ClientOptions, type RawEvent } from './client.ts';
import { merged, newsIn, viewed, type JobNews, type View } from './news.ts';

/** What of a viewer does not fit the truth. */
export interface Faults {
  /** Jobs that it shows otherwise than they stand. */
  readonly wrong: number;
  /** Ended attempts that it did not hear of, or more than once. */
  readonly lostEnds: number;
  readonly repeatedEnds: number;
}

/** How much a viewer reads of what it gets. */
export type Attention = 'all' | 'ends';

/**
 * A viewer of jobs. A *sampled* one decodes everything as it comes and keeps the ages of what it sees; the others decode
 * what is rare (every event but frames and progress) and count the rest, until {@link lookClosely} lets them keep it all,
 * for the final state to be read from.
 */
export class Viewer {
  readonly views = new Map<string, View>();
  readonly ages: number[] = [];
  readonly ends: string[] = [];
  /** Events of jobs and frames received. */
  messages = 0;
  lastAt = 0;
  /** Lines of frames and single events read. */
  rows = 0;
  private readonly kept: RawEvent[] = [];
  private readonly behind = new Map<string, number>();
  private onCaughtUp: () => void = () => undefined;
  private onNext: () => void = () => undefined;
  private isKeeping = false;
  private client: Client | null = null;

  constructor(
    private readonly attention: Attention,
    private readonly known: ReadonlySet<string> | null,
  ) {}

  /** Whether it decodes everything as it comes. */
  get samples(): boolean {
    return this.attention === 'all';
  }

  async connect(options: ClientOptions): Promise<Client> {
    const wants = (name: string) => this.samples || this.isKeeping || !FREQUENT.has(name);
    this.client = await Client.open(options, { hear: (event) => this.hear(event), wants });
    return this.client;
  }

  /** From now on everything is kept. */
  lookClosely(): void {
    this.isKeeping = true;
  }

  /** What was heard of changes since the beginning: versions where there are any, else events. */
  get seen(): number {
    return [...this.views.values()].reduce((sum, { version }) => sum + (version ?? 0), 0) || this.rows;
  }

  /** Reads what was kept, and compares. */
  check(truth: Truth, watched: ReadonlySet<string>, decode: (event: RawEvent) => readonly JobNews[]): Faults {
    this.kept.splice(0).forEach((event) => decode(event).forEach((news) => this.learn(news)));
    const wrong = [...watched].filter((id) => truth.jobs.get(id) !== this.shownOf(id)).length;
    const ended = truth.ended.filter(({ id }) => watched.has(id)).map((end) => this.endOf(end));
    const ends = this.ends.filter((end) => watched.has(end.split(' ')[0] ?? ''));
    return { wrong, lostEnds: missing(ended, ends), repeatedEnds: missing(ends, ended) };
  }

  /** When the next message has been read, by the machine's clock. */
  next(): Promise<number> {
    return new Promise((resolve) => (this.onNext = () => resolve(this.lastAt)));
  }

  /** When it shows at least these versions; never, when that takes too long. */
  caughtUpWith(versions: ReadonlyMap<string, number>): Promise<number> {
    versions.forEach((version, id) => (this.views.get(id)?.version ?? 0) < version && this.behind.set(id, version));
    return new Promise((resolve) => {
      setTimeout(() => resolve(Infinity), PATIENCE_MS);
      this.onCaughtUp = () => resolve(machineNow());
      if (this.behind.size === 0) this.onCaughtUp();
    });
  }

  learn(news: JobNews): void {
    if (this.known && !this.known.has(news.id)) return;
    this.views.set(news.id, merged(this.views.get(news.id), news));
    if (this.behind.size > 0) this.catchUp(news);
    if (news.isEnd) this.ends.push(news.attempt === null ? news.id : `${news.id} ${news.attempt}`);
  }

  private hear(event: RawEvent): void {
    if (!event.name.startsWith('job')) return;
    this.messages++;
    if (this.attention === 'all') this.read(event);
    else if (this.isKeeping && event.isWhole) this.kept.push(copied(event));
    else if (!FREQUENT.has(event.name)) newsIn(event).forEach((news) => this.learn(news));
    this.lastAt = machineNow();
    this.onNext();
  }

  private catchUp({ id, version }: JobNews): void {
    if ((version ?? 0) >= (this.behind.get(id) ?? 0)) this.behind.delete(id);
    if (this.behind.size === 0) this.onCaughtUp();
  }

  private read(event: RawEvent): void {
    const news = newsIn(event);
    const now = machineNow();
    this.rows += news.length;
    for (const one of news) {
      this.learn(one);
      if (one.progress && (event.name === 'jobs:frame' || event.name === 'job:progress')) this.ages.push(ageOf(one.progress.current, now));
    }
  }

  private shownOf(id: string): string {
    const view = this.views.get(id);
    return view ? viewed(view) : 'processing';
  }

  /** As this server tells of an end: with the attempt, or without. */
  private endOf({ id, attempt }: Truth['ended'][number]): string {
    const hasVersions = [...this.views.values()].some(({ version }) => version !== null);
    return hasVersions ? `${id} ${attempt}` : id;
  }
}

const PATIENCE_MS = 10_000;
const FREQUENT = new Set(['jobs:frame', 'job:progress']);

/** How many of these are not among those, each counted as often as it is there. */
function missing(these: readonly string[], those: readonly string[]): number {
  const left = new Map<string, number>();
  those.forEach((one) => left.set(one, (left.get(one) ?? 0) + 1));
  return these.filter((one) => {
    const count = left.get(one) ?? 0;
    left.set(one, count - 1);
    return count <= 0;
  }).length;
}

/** What was read is a view into the socket's chunks, which are to be let go. */
const copied = ({ text, attachments, ...event }: RawEvent): RawEvent => ({
  ...event,
  text: Buffer.from(text),
  attachments: attachments.map((one) => Buffer.from(one)),
});
