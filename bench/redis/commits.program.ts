import 'reflect-metadata';
import { JobPublisher, RedisJobStore, type JobChange } from '@harmonia/job-engine';
import { answerCalls } from '../../test-processes/calls.ts';
import { FiveCalls } from '../peers/five-calls.ts';
import { INPUT, messageOf, ReportStream, RESULT, standingOf, TOTAL, type Report } from './report-stream.ts';

/** Who commits. */
export type Contender = 'store' | 'publisher' | 'five';

/** What a program is started with. */
export interface StartCommits {
  readonly contender: Contender;
  readonly url: string;
  readonly seed: number;
  /** Names the jobs, so that contenders have each their own. */
  readonly prefix: string;
}

/** What was committed, and what it took of this process. */
export interface Committed {
  readonly changes: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Commits reports, in order of the calls. */
interface Ways {
  commit(reports: readonly Report[]): Promise<unknown>;
  standing(id: string): Promise<{ status: string; current: number; ends: number }>;
}

const JOBS = 1000;
/** As many as the group commit of a busy process hands over. */
const BATCH = 100;

let ways: Ways | null = null;
let stream = new ReportStream({ seed: 0, jobs: 0, prefix: '' });

async function start({ contender, url, seed, prefix }: StartCommits): Promise<void> {
  stream = new ReportStream({ seed, jobs: JOBS, prefix });
  ways = contender === 'five' ? five(url) : harmonia(url, contender);
  // what was created stands before anything is measured
  for (let created = 0; created < JOBS; created += BATCH) await ways.commit(stream.take(BATCH));
}

function five(url: string): Ways {
  const calls = new FiveCalls(url);
  return { commit: (reports) => Promise.all(reports.map((report) => calls.commit(report))), standing: (id) => calls.standing(id) };
}

function harmonia(url: string, contender: Contender): Ways {
  const store = RedisJobStore.open({ url, prefix: contender });
  const publisher = new JobPublisher(store, { progressIntervalMs: 50 });
  return {
    commit: (reports) =>
      contender === 'store' ? store.apply(reports.map(changeOf)) : Promise.all(reports.map((report) => publisher.commit(changeOf(report)))),
    standing: async (id) => {
      const job = (await store.read([id])).records.get(id)?.job;
      const ends = (await store.history(id)).filter(({ status }) => status === 'completed').length;
      return { status: job?.status ?? '', current: job?.progress?.current ?? 0, ends };
    },
  };
}

function changeOf({ kind, id, userId, current }: Report): JobChange {
  if (kind === 'created') {
    return { kind, job: { id, userId, jobType: 'pdf-notes', title: 'Invoices of May', tags: ['invoices'], input: INPUT } };
  }
  if (kind === 'completed') return { kind: 'reported', id, status: 'completed', result: RESULT };
  return { kind: 'reported', id, progress: { current, total: TOTAL, message: messageOf(current) } };
}

/** For a while, so many hands at once; each asks again when it has its answer. */
async function run({ ms, hands, each }: { ms: number; hands: number; each: number }): Promise<Committed> {
  const [begun, cpu] = [performance.now(), process.cpuUsage()];
  let changes = 0;
  const hand = async () => {
    while (performance.now() < begun + ms) {
      await ways?.commit(each === 1 ? [stream.one()] : stream.take(each));
      changes += each;
    }
  };
  await Promise.all(Array.from({ length: hands }, hand));
  const { user, system } = process.cpuUsage(cpu);
  return { changes, seconds: (performance.now() - begun) / 1000, cpuSeconds: (user + system) / 1e6 };
}

/** How many jobs do not stand as the stream left them, or whose end was not told once. */
async function wrong(): Promise<number> {
  let count = 0;
  for (const [id, expected] of stream.standing) {
    const stands = await ways?.standing(id);
    if (!stands) return stream.standing.size;
    const kind = stands.status === 'queued' ? 'created' : stands.status === 'completed' ? 'completed' : 'progress';
    const isSo = standingOf({ kind, current: stands.current }) === expected && stands.ends === (kind === 'completed' ? 1 : 0);
    if (!isSo) count++;
  }
  return count;
}

answerCalls({ start, run, wrong });
