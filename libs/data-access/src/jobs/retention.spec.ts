import { provideHttpClient } from '@angular/common/http';
import { provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { isTerminal, type Job } from '@harmonia/contract';
import { Actions, provideEffects } from '@ngrx/effects';
import { provideStore, Store, type Action } from '@ngrx/store';
import * as fc from 'fast-check';
import { GatewayDouble } from '../../testing/src/gateway-double';
import { provideHarmoniaTesting } from '../../testing/src/provide-harmonia-testing';
import { selectRecords } from '../harmonia.feature';
import { withRetention } from '../provide-harmonia';
import { JobCommandDesk } from './inject-job-commands';
import { JobWatches } from './job-watches';
import { aFrame, aJob, idsIn, jobIn } from './job.fixture';
import { JobsActions } from './jobs.actions';
import { jobsReducer, NO_RECORDS } from './jobs.reducer';
import { retirable, type RetentionOptions } from './retention';

const START = Date.UTC(2026, 0, 1);
const NAMES = Array.from({ length: 12 }, (_, index) => `job-${index}`);

const at = (ms: number): string => new Date(START + ms).toISOString();

/** A page that watches the user's list, by a gateway driven by hand. */
async function aPage(options: RetentionOptions, ...jobs: readonly Job[]) {
  TestBed.configureTestingModule({
    providers: [
      provideStore(),
      provideEffects(),
      provideHttpClient(),
      provideHttpClientTesting(),
      provideHarmoniaTesting(withRetention(options)),
    ],
  });
  const gateway = TestBed.inject(GatewayDouble);
  const watches = TestBed.inject(JobWatches);
  const records = TestBed.inject(Store).selectSignal(selectRecords);
  const actions: Action[] = [];
  TestBed.inject(Actions).subscribe((action) => actions.push(action));
  gateway.knows(...jobs);
  watches.watchUserList();
  await gateway.advanceFrame();
  /** Everything that follows from what was said, gaps healed too. */
  const settle = async () => {
    await gateway.advanceFrame();
    jest.advanceTimersByTime(250);
    await gateway.advanceFrame();
  };
  const told = (type: string) => actions.filter((action) => action.type === type).length;
  const syncs = () => actions.filter((action) => action.type === JobsActions.jobsReceived.type && 'sync' in action && action.sync).length;
  return { gateway, watches, records, settle, told, syncs };
}

describe('withRetention', () => {
  beforeEach(() => {
    jest.useFakeTimers();
    jest.setSystemTime(START);
  });
  afterEach(() => jest.useRealTimers());

  it('bounds the store, never drops an active or a watched job, is always true, and makes no sync storm, whatever happens', async () => {
    const name = fc.constantFrom(...NAMES);
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ moves: name }) },
      { weight: 2, arbitrary: fc.record({ watched: name }) },
      { weight: 1, arbitrary: fc.record({ unwatched: fc.nat(5) }) },
      { weight: 1, arbitrary: fc.constant({ reconnects: true }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), fc.integer({ min: 0, max: 8 }), async (steps, maxJobs) => {
        TestBed.resetTestingModule();
        const { gateway, watches, records, settle, told, syncs } = await aPage({ maxJobs });
        const server = new Map<string, Job>();
        const views: { readonly id: string; readonly end: () => void }[] = [];
        for (const [index, what] of steps.entries()) {
          const before = syncs();
          if ('moves' in what) {
            const next = moved(what.moves, server.get(what.moves), index);
            server.set(next.id, next);
            if (next.status === 'processing') gateway.tellFrame(next);
            else gateway.tell(next);
          } else if ('watched' in what) views.push({ id: what.watched, end: watches.watchJob(what.watched) });
          else if ('unwatched' in what) views.splice(what.unwatched, 1).forEach(({ end }) => end());
          else {
            gateway.drop();
            gateway.reconnect();
          }
          await settle();
          const known = idsIn(records());
          const watched = new Set(views.map(({ id }) => id));
          const needed = [...server.values()].filter(({ id, status }) => !isTerminal(status) || watched.has(id)).map(({ id }) => id);
          expect(known).toEqual(expect.arrayContaining(needed));
          // What nobody watches any longer leaves with the next change.
          if ('moves' in what) expect(known.length).toBeLessThanOrEqual(Math.max(maxJobs, needed.length));
          for (const id of known) expect(jobIn(records(), id)).toEqual(server.get(id));
          expect(syncs() - before).toBeLessThanOrEqual(1);
        }
        const before = syncs();
        for (let round = 0; round < 8; round++) await settle();
        expect([syncs() - before, told(JobsActions.jobRemoved.type)]).toEqual([0, 0]);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('takes the oldest ended jobs first, a twentieth at a time, and none that is needed', () => {
    const STATUS = fc.constantFrom('queued', 'processing', 'completed', 'failed', 'cancelled');
    const jobs = fc.array(fc.record({ status: STATUS, at: fc.nat(1000), isNeeded: fc.boolean() }), { maxLength: 80 });
    fc.assert(
      fc.property(jobs, fc.nat(60), fc.option(fc.nat(1000)), (told, maxJobs, endedForMs) => {
        const all = told.map(({ status, at: ms }, index) => aJob({ id: `job-${index}`, status, updatedAt: at(ms) }));
        const records = jobsReducer(NO_RECORDS, JobsActions.jobsReceived(aFrame(all)));
        const needed = new Set(told.flatMap(({ isNeeded }, index) => (isNeeded ? [`job-${index}`] : [])));
        const retention = { maxJobs, endedForMs: endedForMs ?? Infinity };
        const gone = new Set(retirable(records, needed, retention, START + 1000));
        const free = all.filter(({ id, status }) => isTerminal(status) && !needed.has(id));
        const stayed = free.filter(({ id }) => !gone.has(id)).map(({ updatedAt }) => Date.parse(updatedAt) - START);
        const left = free.filter(({ id }) => gone.has(id)).map(({ updatedAt }) => Date.parse(updatedAt) - START);
        expect(left).toHaveLength(gone.size);
        expect(all.length - gone.size).toBeLessThanOrEqual(Math.max(maxJobs, all.length - free.length));
        expect(Math.max(...left, 0)).toBeLessThanOrEqual(Math.min(...stayed, 1000));
        expect(stayed.filter((ms) => 1000 - ms > retention.endedForMs)).toEqual([]);
        if (all.length <= maxJobs && endedForMs === null) expect(gone.size).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps 10,000 jobs of any age unless it is told otherwise', async () => {
    const jobs = Array.from({ length: 10_001 }, (_, index) =>
      aJob({ id: `job-${index}`, status: 'cancelled', updatedAt: at(index - 1e12) }),
    );
    const { gateway, records, settle } = await aPage({}, ...jobs.slice(0, 10_000));
    jest.advanceTimersByTime(60_000);
    expect(idsIn(records())).toHaveLength(10_000);
    gateway.tell(...jobs.slice(10_000));
    await settle();
    expect(idsIn(records())).toHaveLength(9_500);
  });

  it('lets ended jobs leave when they are too old, and those that ended lately stay', async () => {
    const { settle, records, told } = await aPage(
      { endedForMs: 600_000 },
      aJob({ id: 'active', updatedAt: at(-3_600_000) }),
      aJob({ id: 'old', status: 'completed', updatedAt: at(-570_000) }),
      aJob({ id: 'young', status: 'failed', updatedAt: at(-530_000) }),
    );
    expect(idsIn(records())).toHaveLength(3);
    jest.advanceTimersByTime(60_000);
    await settle();
    expect([...idsIn(records())].sort()).toEqual(['active', 'young']);
    expect([told(JobsActions.jobsRetired.type), told(JobsActions.jobRemoved.type)]).toEqual([1, 0]);
  });

  it('[C2] brings a retired job back, once, when another attempt of it begins', async () => {
    const failed = aJob({ id: 'old', status: 'failed', version: 3, updatedAt: at(-1) });
    const { gateway, settle, records, syncs, told } = await aPage({ maxJobs: 1 }, failed, aJob({ id: 'active' }));
    expect(idsIn(records())).toEqual(['active']);
    const before = syncs();
    for (let version = 4; version < 40; version++) gateway.tellFrame(aJob({ id: 'old', status: 'processing', attempt: 2, version }));
    await settle();
    await settle();
    expect(jobIn(records(), 'old')).toMatchObject({ status: 'processing', attempt: 2, version: 39 });
    expect([syncs() - before, told(JobsActions.jobsRetired.type)]).toEqual([1, 1]);
  });

  it('[C4] brings a retired job back for who looks at it, tells nothing of it anew, and keeps it until nobody does', async () => {
    const old = aJob({ id: 'old', status: 'completed', version: 3 });
    const { gateway, watches, settle, records, told } = await aPage({ maxJobs: 1 }, old, aJob({ id: 'active' }));
    const end = watches.watchJob('old');
    await settle();
    expect(jobIn(records(), 'old')).toEqual(old);
    gateway.tell(aJob({ id: 'another' }));
    await settle();
    expect([jobIn(records(), 'old'), told(JobsActions.jobCompleted.type)]).toEqual([old, 0]);
    end();
    gateway.tell(aJob({ id: 'third' }));
    await settle();
    expect([...idsIn(records())].sort()).toEqual(['active', 'another', 'third']);
  });

  it('[C10] keeps a job whose command is under way', async () => {
    const { gateway, settle, records } = await aPage({ maxJobs: 2 }, aJob({ id: 'failed', status: 'failed' }), aJob({ id: 'active' }));
    TestBed.inject(JobCommandDesk).retry('failed');
    gateway.tell(aJob({ id: 'another' }));
    await settle();
    expect(idsIn(records())).toContain('failed');
  });

  it('leaves in the store what began another attempt before it could leave', () => {
    const jobs = [aJob({ id: 'ended', status: 'failed' }), aJob({ id: 'again' })];
    const records = jobsReducer(NO_RECORDS, JobsActions.jobsReceived(aFrame(jobs)));
    const after = jobsReducer(records, JobsActions.jobsRetired({ ids: ['ended', 'again', 'unknown'] }));
    expect([idsIn(after), after.tombstones]).toEqual([['again'], {}]);
  });
});

/** The next thing that happens to a job: created, started, ended, and begun anew. */
function moved(id: string, job: Job | undefined, time: number): Job {
  if (!job) return aJob({ id, updatedAt: at(time) });
  const version = job.version + 1;
  const now = { version, updatedAt: at(time) };
  if (isTerminal(job.status)) return { ...job, ...now, status: 'processing', attempt: job.attempt + 1 };
  return job.status === 'queued' ? { ...job, ...now, status: 'processing' } : { ...job, ...now, status: 'cancelled' };
}
