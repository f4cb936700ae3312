import type { Job } from '@harmonia/contract';

/** All jobs as they stood in the store at one moment. */
export interface Sample {
  /** When it was asked for, ms since 1970: it holds at least everything of before. */
  readonly askedAt: number;
  readonly jobs: ReadonlyMap<string, Job>;
}

const NOTHING: Sample = { askedAt: 0, jobs: new Map() };

/** Looks into the store itself, by no gateway and through no link that breaks. */
export class Truth {
  latest = NOTHING;
  private readonly readAll: () => Promise<readonly Job[]>;

  constructor(readAll: () => Promise<readonly Job[]>) {
    this.readAll = readAll;
  }

  /** What there is now; null while the store cannot be asked. */
  async look(): Promise<Sample | null> {
    const askedAt = Date.now();
    try {
      const jobs = await this.readAll();
      this.latest = { askedAt, jobs: new Map(jobs.map((job) => [job.id, job])) };
      return this.latest;
    } catch {
      return null;
    }
  }
}
