import type { JobChange, NewJob, ReportedChange } from './job-change.js';
import type { JobEvent, JobEventBatch } from './job-event.js';
import type { JobStore } from './job-store.js';

/** The store that a test works on, opened anew for each. */
export type StoreUnderTest = () => JobStore;

/** What many runs of a property may take on a busy machine, ms. */
export const PROPERTY_TIMEOUT = 60_000;

/** Closes that store and opens an empty one in its place: each run of a property gets its own. */
export type ReopenedStore = () => Promise<JobStore>;

export const create = (id: string, job: Partial<NewJob> = {}): JobChange => ({
  kind: 'created',
  job: { id, userId: 'ann', jobType: 'simulate', title: null, tags: [], input: null, ...job },
});

export const report = (id: string, change: Partial<ReportedChange> = {}): ReportedChange => ({ kind: 'reported', id, ...change });

export const step = (id: string, current: number, change: Partial<ReportedChange> = {}): ReportedChange =>
  report(id, { progress: { current, total: 1000, message: '' }, ...change });

export const complete = (id: string, result: unknown = null): ReportedChange => report(id, { status: 'completed', result });

/** What a follower has heard. It waits for events, never for time. */
export interface FollowProbe {
  readonly batches: readonly JobEventBatch[];
  events(): readonly JobEvent[];
  /** Resolves when what was heard fulfils the condition. */
  until(condition: (events: readonly JobEvent[]) => boolean): Promise<void>;
  /** Everything committed before this call, once it has arrived. */
  settled(): Promise<readonly JobEvent[]>;
  unfollow(): Promise<void>;
}

const isMark = (event: JobEvent): boolean => event.kind === 'revoked' && event.userId.startsWith('mark-');

let marks = 0;

/** Follows a store from a position, null for now. */
export async function followProbe(store: JobStore, position: string | null = null): Promise<FollowProbe> {
  const batches: JobEventBatch[] = [];
  const all = () => batches.flatMap(({ events }) => events);
  let wake = (): void => undefined;
  const unfollow = await store.follow(position, (batch) => {
    batches.push(batch);
    wake();
  });
  const until: FollowProbe['until'] = async (condition) => {
    while (!condition(all())) await new Promise<void>((resolve) => (wake = resolve));
  };
  const events = () => all().filter((event) => !isMark(event));
  const settled = async () => {
    const userId = `mark-${++marks}`;
    await store.apply([{ kind: 'revoked', userId }]);
    await until((heard) => heard.some((event) => event.kind === 'revoked' && event.userId === userId));
    return events();
  };
  return { batches, events, until, settled, unfollow };
}

/** An event in short: its kind, the job and the version. */
export function inShort(event: JobEvent): string {
  if (event.kind === 'revoked') return `revoked ${event.userId} ${event.jobId ?? 'all'}`;
  if (event.kind === 'removed') return `removed ${event.id} ${event.version}`;
  return `${event.kind} ${event.job.id} ${event.job.version}`;
}

/** Applies one change and answers its outcome. */
export async function applyOne(store: JobStore, change: JobChange) {
  const [outcome] = await store.apply([change]);
  if (!outcome) throw new Error('The store answered nothing.');
  return outcome;
}

/** The record of a job that must be there. */
export async function recordOf(store: JobStore, id: string) {
  const record = (await store.read([id])).records.get(id);
  if (!record) throw new Error(`There is no job ${id}.`);
  return record;
}
