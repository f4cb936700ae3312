import { Random } from '../rig/random.ts';

/** What happens to a job. */
export interface Report {
  readonly kind: 'created' | 'progress' | 'completed';
  readonly id: string;
  readonly userId: string;
  readonly current: number;
}

const USERS = 200;
/** Of so many reports one ends its job, and a new one takes its place. */
const ENDS_EVERY = 500;

/**
 * Reports of jobs that run at the same time: in every round each reports once, in a new random order, so that no two reports of
 * a job are under way together. It folds what it has handed out: that is what has to be stored in the end.
 */
export class ReportStream {
  /** By job: status and progress. */
  readonly standing = new Map<string, string>();
  private readonly random: Random;
  private readonly prefix: string;
  private readonly round: string[];
  private readonly fresh: Report[] = [];
  private readonly steps = new Map<string, number>();
  private next = 0;
  private created = 0;

  constructor({ seed, jobs, prefix }: { seed: number; jobs: number; prefix: string }) {
    this.random = new Random(seed);
    this.prefix = prefix;
    this.round = Array.from({ length: jobs }, () => this.create());
  }

  take(count: number): readonly Report[] {
    return Array.from({ length: count }, () => this.one());
  }

  one(): Report {
    const created = this.fresh.shift();
    return this.told(created ?? this.step());
  }

  private step(): Report {
    if (this.next === this.round.length) this.shuffle();
    const place = this.next++;
    const id = this.round[place] ?? '';
    const current = (this.steps.get(id) ?? 0) + 1;
    this.steps.set(id, current);
    if (this.random.below(ENDS_EVERY) > 0) return { kind: 'progress', id, userId: userOf(id), current };
    this.steps.delete(id);
    this.round[place] = this.create();
    return { kind: 'completed', id, userId: userOf(id), current };
  }

  private create(): string {
    const number = this.created++;
    const id = `${this.prefix}-${String(number).padStart(12, '0')}-4c3d-9e8f`;
    this.fresh.push({ kind: 'created', id, userId: userOf(id), current: 0 });
    return id;
  }

  private told(report: Report): Report {
    this.standing.set(report.id, standingOf(report));
    return report;
  }

  private shuffle(): void {
    this.next = 0;
    for (let last = this.round.length - 1; last > 0; last--) {
      const other = this.random.below(last + 1);
      [this.round[last], this.round[other]] = [this.round[other] ?? '', this.round[last] ?? ''];
    }
  }
}

/** How a job stands after a report. */
export function standingOf({ kind, current }: Pick<Report, 'kind' | 'current'>): string {
  return kind === 'created' ? 'queued 0' : kind === 'completed' ? 'completed' : `processing ${current}`;
}

/** A job's message, as people would read it. */
export const messageOf = (current: number): string => `Rendering page ${current} of 100000`;

export const TOTAL = 100_000;
export const INPUT = { file: { name: 'may.pdf', mediaType: 'application/pdf', bytes: 81_234 } };
export const RESULT = { pages: 12, words: 4711 };

const userOf = (id: string): string => `user-${Number(id.split('-').at(-3)) % USERS}`;
