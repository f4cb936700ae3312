import type { Job } from '@harmonia/contract';
import type { Contender } from './contender.ts';
import { batched } from './contenders/batched.ts';
import { guide } from './contenders/guide.ts';
import { Harmonia } from './contenders/harmonia.ts';
import { mapFloor } from './contenders/map-floor.ts';
import { mapInStore } from './contenders/map-in-store.ts';
import { hashOf } from './fold.ts';
import { jobId, JobStream } from './job-stream.ts';

/** Who takes part, by name. */
export type ContenderName = 'harmonia' | 'singly' | 'unwatched' | 'watched' | 'updateMany' | 'guide' | 'map' | 'mapInStore';

/** One comparison: how many jobs there are, what happens to them, and how much of it each contender gets in a round. */
export interface Contest {
  readonly seed: number;
  readonly jobs: number;
  readonly eventsPerFrame: number;
  /** One event in so many ends its job; 0 for none. */
  readonly endsEvery: number;
  readonly rounds: number;
  /** Frames a round: fewer for the slow, who take long enough to be measured well. */
  readonly frames: Readonly<Partial<Record<ContenderName, number>>>;
}

/** What one contender came to. */
export interface Outcome {
  /** Microseconds an event, of each round. */
  readonly times: readonly number[];
  /** How often views were computed for each watched job that had changed in a frame; 0 without views. */
  readonly projections: number;
}

/** By contender. */
export type Outcomes = Readonly<Partial<Record<ContenderName, Outcome>>>;

/** The jobs that have views, where there are any: 500. */
const watched = new Set(Array.from({ length: 500 }, (_, at) => jobId(at)));

/** What each has a contender made of, given the jobs that there are. */
const makers: Readonly<Record<ContenderName, (jobs: readonly Job[]) => Contender | Promise<Contender>>> = {
  harmonia: (jobs) => Harmonia.with(jobs),
  singly: (jobs) => Harmonia.with(jobs, { singly: true }),
  unwatched: (jobs) => Harmonia.with(jobs, { renders: true }),
  watched: async (jobs) => {
    const one = await Harmonia.with(jobs, { renders: true });
    await one.watch(jobs.flatMap(({ id }) => (watched.has(id) ? [id] : [])));
    return one;
  },
  updateMany: batched,
  guide,
  map: mapFloor,
  mapInStore,
};

/**
 * Lets the contenders take the same stream in turns, after one round that does not count.
 *
 * @throws Error when a contender does not show in the end what the stream came to, or a terminal was not told exactly once
 */
export async function contest(terms: Contest): Promise<Outcomes> {
  const entrants = await Promise.all(namesOf(terms).map((name) => Entrant.enter(name, terms)));
  for (let round = 0; round <= terms.rounds; round++) {
    const order = round % 2 === 0 ? entrants : [...entrants].reverse();
    for (const entrant of order) entrant.round(round > 0);
  }
  for (const entrant of entrants) entrant.verify();
  return Object.fromEntries(entrants.map((entrant) => [entrant.name, entrant.outcome]));
}

// The keys of an object literal that is typed by them.
const namesOf = ({ frames }: Contest) => Object.keys(frames) as ContenderName[];

class Entrant {
  private readonly times: number[] = [];
  private readonly ended: string[] = [];
  private watchedChanges = 0;

  private constructor(
    readonly name: ContenderName,
    private readonly terms: Contest,
    private readonly stream: JobStream,
    private readonly contender: Contender,
  ) {}

  static async enter(name: ContenderName, terms: Contest): Promise<Entrant> {
    const stream = new JobStream(terms.seed, terms.jobs, terms.endsEvery || Infinity);
    return new Entrant(name, terms, stream, await makers[name]([...stream.fold]));
  }

  get outcome(): Outcome {
    const projections = this.contender instanceof Harmonia ? this.contender.projections : 0;
    return { times: this.times, projections: projections / this.watchedChanges };
  }

  /** So many frames; only what the contender does with them is timed, and what it left behind before is swept away. */
  round(counts: boolean): void {
    globalThis.gc?.();
    const frames = this.terms.frames[this.name] ?? 0;
    let spent = 0;
    for (let frame = 0; frame < frames; frame++) spent += this.frame();
    if (counts) this.times.push((spent * 1000) / (frames * this.terms.eventsPerFrame));
  }

  verify(): void {
    if (hashOf(this.contender.shown()) !== hashOf(this.stream.fold)) throw new Error(`${this.name} does not show what the stream came to.`);
    if (!(this.contender instanceof Harmonia)) return;
    const told = this.contender.completions;
    const once = this.ended.filter((id) => told.get(id) === 1).length;
    if (once !== this.ended.length || once !== told.size) throw new Error(`Of ${this.ended.length} ends ${once} were told exactly once.`);
  }

  private frame(): number {
    const changes = this.stream.frame(this.terms.eventsPerFrame);
    for (const { id, status } of changes) if (status === 'completed') this.ended.push(id);
    this.watchedChanges += new Set(changes.flatMap(({ id }) => (watched.has(id) ? [id] : []))).size;
    const told = this.contender.told(changes);
    const start = performance.now();
    this.contender.take(told);
    return performance.now() - start;
  }
}
