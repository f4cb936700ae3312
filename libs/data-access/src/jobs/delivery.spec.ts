import { isTerminal, type Job, type JobsSync, type JobsSyncAnswer } from '@harmonia/contract';
import * as fc from 'fast-check';
import type { JobFrame, JobNews } from './job-frame';
import { JobFrameBuffer } from './job-frame-buffer';
import { jobIn } from './job.fixture';
import { JobsActions } from './jobs.actions';
import { jobsReducer, NO_RECORDS, type JobRecords } from './jobs.reducer';
import { leftStanding } from './late-answer';
import { ModelServer } from './server.fixture';
import { declarationOf, saidBy } from './sync-exchange';

const HISTORIES = 100_000;

/** What was seen of all histories. */
const seen = {
  histories: 0,
  steps: 0,
  events: 0,
  lost: 0,
  repeated: 0,
  overHttp: 0,
  late: 0,
  epochs: 0,
  syncs: 0,
  ends: 0,
  attempts: 0,
  removals: 0,
  compared: 0,
};

interface Exchange {
  readonly declared: JobsSync;
  readonly before: JobRecords;
  answer: JobsSyncAnswer | null;
  /** How many messages were sent before the answer. */
  sent: number;
}

interface Message {
  readonly news: JobNews;
  readonly number: number;
}

/** Over HTTP nothing is in order: an answer may be later than any number of syncs. */
interface HttpAnswer {
  readonly news: JobNews;
  /** How many syncs were answered when it was asked for. */
  readonly moment: number;
}

/** One client and one server, with a network between them that a list of numbers decides on. */
class History {
  private readonly server = new ModelServer();
  private readonly buffer = new JobFrameBuffer();
  private readonly shown = new Map<string, Job>();
  private records: JobRecords = NO_RECORDS;
  private underWay: Message[] = [];
  private answers: HttpAnswer[] = [];
  private sent = 0;
  private syncs = 0;
  private latestSnapshot = 0;
  private exchange: Exchange | null = null;

  constructor(private readonly watches: { readonly jobIds: readonly string[]; readonly userList: boolean }) {}

  step(choice: number): void {
    const pick = Math.floor(choice / 16);
    const id = this.server.ids[pick % 3] ?? 'job-1';
    const at = pick % Math.max(1, this.underWay.length);
    switch (choice % 16) {
      case 0:
      case 1:
      case 2:
      case 3:
        return this.send(this.server.change(id, Math.floor(pick / 3) % 12));
      case 4:
        return this.askOverHttp(id);
      case 5:
        return this.underWay.slice(at, at + 1).forEach(({ news }) => this.repeat(news));
      case 6:
        seen.lost += this.underWay.splice(at, 1).length;
        return;
      case 7:
        return this.server.save();
      case 8:
        if (pick % 4 === 0) this.rollBack();
        return;
      case 9:
        return this.ask();
      case 10:
        return this.reach(pick % 5 === 0);
      case 11:
        return this.take();
      case 12:
        // Cut off: what was under way on the socket is lost, and so is the request.
        seen.lost += this.underWay.splice(0, pick % 5).length;
        this.exchange = null;
        return;
      case 13:
        return this.flush();
      case 14:
        return this.answers.splice(pick % Math.max(1, this.answers.length), 1).forEach((answer) => this.hearOverHttp(answer));
      default:
        this.underWay.splice(at, 1).forEach(({ news }) => this.hear(news));
    }
  }

  /** The network heals: what is under way on the socket is lost, and syncs are answered. Then both sides have to agree. */
  settle(): void {
    this.underWay = [];
    // The snapshot of a list has two pages here, and what changed meanwhile is a third.
    for (let page = 1; page <= 3; page++) {
      this.exchange = null;
      this.ask();
      this.reach(false);
      this.take();
    }
    this.answers.forEach((answer) => this.hearOverHttp(answer));
    this.flush();
    for (const id of this.server.ids) {
      if (!this.watches.userList && !this.watches.jobIds.includes(id)) continue;
      seen.compared++;
      expect(this.job(id)).toEqual(this.server.read(id));
    }
  }

  private send(news: JobNews | null): void {
    if (!news) return;
    seen.events++;
    seen.removals += news.removed.length;
    this.underWay.push({ news, number: ++this.sent });
  }

  private askOverHttp(id: string): void {
    const news = this.server.snapshot(id);
    if (news) this.answers.push({ news, moment: this.syncs });
  }

  private hearOverHttp({ news, moment }: HttpAnswer): void {
    seen.overHttp++;
    if (moment === this.syncs) return this.hear(news);
    seen.late++;
    this.hear(leftStanding(news, this.records, moment < this.latestSnapshot));
  }

  private hear(news: JobNews): void {
    if (!this.buffer.add(news)) this.ask();
  }

  private repeat(news: JobNews): void {
    seen.repeated++;
    this.hear(news);
  }

  private rollBack(): void {
    seen.epochs++;
    this.server.rollBack();
  }

  private ask(): void {
    if (this.exchange) return;
    this.flush();
    this.exchange = { declared: declarationOf(this.records, this.watches), before: this.records, answer: null, sent: 0 };
  }

  private reach(forgets: boolean): void {
    if (!this.exchange || this.exchange.answer) return;
    this.exchange.answer = this.server.answer(this.exchange.declared, forgets);
    this.exchange.sent = this.sent;
  }

  private take(): void {
    if (!this.exchange?.answer) return;
    seen.syncs++;
    const { answer, declared, before, sent } = this.exchange;
    const [news, sync] = saidBy(answer, declared, before);
    this.flush();
    this.buffer.adopt(news.epoch);
    this.syncs++;
    if (sync.userList?.reset) this.latestSnapshot = this.syncs;
    this.reduce({ ...news, sync });
    this.exchange = null;
    // A list does not name what was gone before its cursor: of unnamed jobs nothing sent before the answer comes after it.
    if (this.watches.userList) this.underWay = this.underWay.filter(({ number }) => number > sent);
  }

  private flush(): void {
    const frame = this.buffer.take();
    if (frame) this.reduce(frame);
  }

  private reduce(frame: JobFrame): void {
    this.records = jobsReducer(this.records, JobsActions.jobsReceived(frame));
    this.server.ids.forEach((id) => this.compare(id));
  }

  private job(id: string): Job | null {
    return jobIn(this.records, id);
  }

  /** What is shown now never lies behind what was shown before, within an epoch and, of an attempt, for its end. */
  private compare(id: string): void {
    const job = this.job(id);
    if (!job) return;
    const key = `${this.records.epoch}/${id}`;
    const before = this.shown.get(key);
    this.shown.set(key, job);
    if (before && regresses(before, job)) throw new Error(`From ${JSON.stringify(before)} back to ${JSON.stringify(job)}.`);
    if (isTerminal(job.status) && before?.status !== job.status) seen.ends++;
    if (before && job.attempt > before.attempt) seen.attempts++;
  }
}

function regresses(before: Job, now: Job): boolean {
  if (now.version < before.version) return true;
  if (now.createdAt !== before.createdAt) return false;
  if (now.attempt !== before.attempt) return now.attempt < before.attempt;
  const endChanged = isTerminal(before.status) && now.status !== before.status;
  return endChanged || (now.progress?.percentage ?? 0) < (before.progress?.percentage ?? 0);
}

describe('delivery', () => {
  it('[G3] never shows an end undone, whatever is lost, repeated, late or rolled back, and agrees with the server after a sync', () => {
    const watches = fc.record({ jobIds: fc.subarray(['job-1', 'job-2', 'job-3']), userList: fc.boolean() });
    fc.assert(
      fc.property(watches, fc.array(fc.nat(16 * 3 * 12 * 20), { minLength: 10, maxLength: 50, size: 'max' }), (watched, steps) => {
        seen.histories++;
        seen.steps += steps.length;
        const history = new History(watched);
        steps.forEach((step) => history.step(step));
        history.settle();
      }),
      // The same histories each time; another seed is another campaign.
      { numRuns: HISTORIES, seed: 20260301 },
    );
    // A regression or a mismatch has thrown before this line.
    process.stdout.write(`${JSON.stringify({ id: 'G3', ...seen, regressions: 0, mismatches: 0 })}\n`);
    expect(seen.histories).toBe(HISTORIES);
    // The histories are not empty ones: each of these was tried in them.
    Object.values(seen).forEach((count) => expect(count).toBeGreaterThan(HISTORIES / 100));
  }, 120_000);
});
