import { isTerminal, type Job, type JobsSync, type JobsSyncAnswer } from '@harmonia/contract';
import type { JobNews } from './job-frame';
import { aJob, atPercent } from './job.fixture';
import { receivedJob } from './received-job';

interface Kept {
  readonly job: Job;
  readonly isThere: boolean;
  readonly isReadable: boolean;
  /** When the list was last told of it. */
  readonly at: number;
}

/** Jobs a page of a list. */
const PAGE = 2;

/** A server in small: it decides as the rules say, and answers syncs as the gateway does. Nothing in it is lost or late. */
export class ModelServer {
  readonly ids = ['job-1', 'job-2', 'job-3'] as const;
  private generation = 1;
  private now = 0;
  private kept = new Map<string, Kept>();
  private saved = new Map<string, Kept>();

  get epoch(): string {
    return `epoch-${this.generation}`;
  }

  /** The job as the user may read it. */
  read(id: string): Job | null {
    const kept = this.kept.get(id);
    return kept?.isThere && kept.isReadable ? kept.job : null;
  }

  /** Does one thing to a job; answers what those who watch it hear. */
  change(id: string, kind: number): JobNews | null {
    const kept = this.kept.get(id);
    if (!kept?.isThere) return this.create(id, kept?.job.version ?? 0);
    if (kind === 0) return this.remove(id, kept);
    if (kind === 1) return this.turnAccess(id, kept);
    const job = nextOf(kept.job, kind);
    if (!job) return null;
    this.kept.set(id, { ...kept, job, at: ++this.now });
    const whole = receivedJob(job);
    return kept.isReadable ? this.news([job.version === job.bodyVersion ? whole : { ...whole, body: null }]) : null;
  }

  /** What an answer over HTTP says of a job. */
  snapshot(id: string): JobNews | null {
    const job = this.read(id);
    return job && this.news([receivedJob(job)]);
  }

  /** Remembers everything, for {@link rollBack}. */
  save(): void {
    this.saved = new Map(this.kept);
  }

  /** Loses what came after it was saved: another epoch [R7]. */
  rollBack(): void {
    this.generation++;
    this.kept = new Map(this.saved);
  }

  /** Answers a sync [S5]; `forgets`: the cursor is too old. */
  answer({ epoch, jobs, user }: JobsSync, forgets: boolean): JobsSyncAnswer {
    const named = Object.entries(jobs);
    const known = epoch === this.epoch;
    return {
      epoch: this.epoch,
      jobs: named.flatMap(([id, version]) => {
        const job = this.read(id);
        return job && !(known && job.version === version) ? [job] : [];
      }),
      removed: named.filter(([id]) => !this.read(id)).map(([id, version]) => ({ id, version })),
      ...(user !== undefined && { user: this.list(known && !forgets ? user : null) }),
    };
  }

  private list(cursor: string | null): JobsSyncAnswer['user'] {
    const [since, from] = cursor === null ? [0, 0] : cursor.split('/').map(Number);
    if (cursor === null || (from ?? 0) > 0) {
      const start = cursor === null ? this.now : (since ?? 0);
      const page = this.ids.slice(from, (from ?? 0) + PAGE);
      const more = (from ?? 0) + PAGE < this.ids.length;
      const jobs = page.flatMap((id) => this.read(id) ?? []);
      return { cursor: `${start}/${more ? (from ?? 0) + PAGE : 0}`, reset: cursor === null, more, jobs, removed: [] };
    }
    const changed = [...this.kept].filter(([, { at }]) => at > (since ?? 0));
    const jobs = changed.flatMap(([id]) => this.read(id) ?? []);
    const removed = changed.filter(([id]) => !this.read(id)).map(([id, { job }]) => ({ id, version: job.version }));
    return { cursor: `${this.now}/0`, reset: false, more: false, jobs, removed };
  }

  private create(id: string, version: number): JobNews {
    const createdAt = new Date(Date.UTC(2026, 0, 1) + ++this.now).toISOString();
    const job = aJob({ id, createdAt, version: version + 1, bodyVersion: version + 1 });
    this.kept.set(id, { job, isThere: true, isReadable: true, at: this.now });
    return this.news([receivedJob(job)]);
  }

  private remove(id: string, kept: Kept): JobNews | null {
    const version = kept.job.version + 1;
    this.kept.set(id, { ...kept, job: { ...kept.job, version }, isThere: false, at: ++this.now });
    return kept.isReadable ? { ...this.news([]), removed: [{ id, version }] } : null;
  }

  /** A revocation is told at the job's own version; access that comes back is told by nobody [S7]. */
  private turnAccess(id: string, kept: Kept): JobNews | null {
    this.kept.set(id, { ...kept, isReadable: !kept.isReadable, at: ++this.now });
    return kept.isReadable ? { ...this.news([]), removed: [{ id, version: kept.job.version }] } : null;
  }

  private news(jobs: JobNews['jobs']): JobNews {
    return { epoch: this.epoch, jobs, removed: [] };
  }
}

/** One accepted change [R1–R5]; null where the rules refuse it. */
function nextOf(job: Job, kind: number): Job | null {
  const version = job.version + 1;
  const body = { bodyVersion: version };
  if (kind === 2) return { ...job, ...body, version, title: `title of ${version}` };
  if (isTerminal(job.status)) {
    const again = { attempt: job.attempt + 1, progress: null, result: null };
    return (kind === 3 || kind > 7) && job.status !== 'completed' ? { ...job, ...body, ...again, version, status: 'queued' } : null;
  }
  if (kind === 4) return { ...job, ...body, version, status: 'completed', progress: job.progress && atPercent(100) };
  if (kind === 5) return { ...job, ...body, version, status: 'failed', result: { error: 'It broke.', code: 'broken' } };
  if (kind === 6) return { ...job, version, status: 'cancelled' };
  if ((kind === 7 || kind === 8) && job.status === 'processing')
    return { ...job, version, status: 'queued', attempt: job.attempt + 1, progress: null };
  return { ...job, version, status: 'processing', progress: atPercent(Math.min(99, (job.progress?.percentage ?? 0) + 10)) };
}
