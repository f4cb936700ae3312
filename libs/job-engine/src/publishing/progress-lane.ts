import { isTerminal, type RefusalError, type ReportAnswer } from '@harmonia/contract';
import type { ChangeOutcome, ReportedChange } from '../store/job-change.js';
import type { CallOff, CommonTimes } from './common-times.js';
import type { GroupCommit } from './group-commit.js';
import { acceptedAnswer, decidedAnswer, isBehind, knownJob, merged, type KnownJob } from './report-answer.js';

/** How long progress waits after the store could not be reached. */
const RETRY_MS = 1000;

interface Waiter {
  resolve(answer: ReportAnswer | Promise<ReportAnswer>): void;
  reject(refusal: RefusalError): void;
}

/** Progress on its way into the store. While `open` it takes in newer reports; with a `callOff` it is not in the queue yet. */
interface Step {
  change: ReportedChange;
  open: boolean;
  callOff: CallOff | null;
  readonly waiters: Waiter[];
}

/**
 * The progress of one job on its way into the store [L3]: the first report at once, then the newest every `intervalMs`,
 * the last one always. Little waits at any time: a step that is being committed and one that takes in all newer reports.
 * A report that has to wait is answered from the last known outcome [R10], and is kept when the store cannot be reached.
 */
export class ProgressLane {
  private steps: Step[] = [];
  private known: KnownJob | null = null;
  private notBefore = -Infinity;

  constructor(
    private readonly commits: GroupCommit,
    private readonly times: CommonTimes,
    private readonly intervalMs: number,
  ) {}

  /** Whether a report is an ordinary step of the running attempt; anything else is committed as a status change. */
  takes({ status, attempt }: ReportedChange): boolean {
    if (this.known && attempt !== undefined && attempt > this.known.attempt) return false;
    return status === undefined || (status === 'processing' && this.known?.status === 'processing');
  }

  async report(report: ReportedChange): Promise<ReportAnswer> {
    const { known } = this;
    const change = known ? { ...report, attempt: report.attempt ?? known.attempt } : report;
    const stale = this.isStale(change);
    if (stale && known) return { ...this.rememberedAnswer(known), accepted: false, reason: 'stale' };
    const atOnce = this.steps.length === 0 && (performance.now() >= this.notBefore || known?.status === 'queued');
    const step = this.stepFor(change, stale, atOnce);
    if (!atOnce && known && this.isKept(step)) return this.rememberedAnswer(known);
    const answer = await answerTo(step);
    return stale ? { ...answer, accepted: false, reason: 'stale' } : answer;
  }

  /** Puts what waits into the queue, so that a status change comes after it [R10]. */
  release(): void {
    const step = this.steps.at(-1);
    if (!step?.open) return;
    step.open = false;
    if (step.callOff) this.send(step);
  }

  /** Remembers the last outcome of this job, whoever asked for the change. */
  learn(outcome: ChangeOutcome): void {
    this.known = knownJob(outcome);
  }

  /** Whether nothing waits and nothing is worth remembering: the job has ended, or was silent since `idleSince`. */
  isOver(idleSince: number): boolean {
    return this.steps.length === 0 && (!this.known || isTerminal(this.known.status) || this.notBefore < idleSince);
  }

  /** Lets go of what waits for its time or for the store. */
  drop(refusal: RefusalError): void {
    for (const step of this.steps) {
      this.remove(step);
      step.waiters.forEach((waiter) => waiter.reject(refusal));
    }
  }

  private isStale(change: ReportedChange): boolean {
    return this.steps.some((step) => isBehind(change, step.change)) || (this.known !== null && isBehind(change, this.known));
  }

  /** Where the job stands when everything that waits has been committed. */
  private rememberedAnswer(known: KnownJob): ReportAnswer {
    const waiting = this.steps.filter(({ change }) => change.attempt === known.attempt).map(({ change }) => change.sequence ?? 0);
    return acceptedAnswer({ ...known, sequence: Math.max(known.sequence, ...waiting) });
  }

  private stepFor(change: ReportedChange, stale: boolean, atOnce: boolean): Step {
    const last = this.steps.at(-1);
    if (last && stale) return last;
    if (!last?.open) return this.begin(change, atOnce);
    last.change = merged(last.change, change);
    return last;
  }

  private begin(change: ReportedChange, atOnce: boolean): Step {
    const step: Step = { change, open: false, callOff: null, waiters: [] };
    this.steps = [...this.steps, step];
    if (atOnce) this.send(step);
    else this.wait(step);
    return step;
  }

  private wait(step: Step): void {
    step.open = true;
    step.callOff?.();
    step.callOff = this.times.after(this.notBefore, () => this.send(step));
  }

  private send(step: Step): void {
    step.callOff?.();
    step.callOff = null;
    this.notBefore = performance.now() + this.intervalMs;
    this.commits.add({
      take: () => {
        step.open = false;
        return step.change;
      },
      settle: (outcome) => this.settle(step, outcome),
      fail: (refusal) => this.fail(step, refusal),
    });
  }

  private settle(step: Step, outcome: ChangeOutcome): void {
    this.remove(step);
    this.learn(outcome);
    step.waiters.forEach((waiter) => waiter.resolve(decidedAnswer(outcome)));
  }

  /** Progress of a running attempt waits for another try, below what is newer; nothing else was promised. */
  private fail(step: Step, refusal: RefusalError): void {
    this.notBefore = performance.now() + RETRY_MS;
    const { known } = this;
    const kept = known && this.isKept(step);
    step.waiters.splice(0).forEach((waiter) => (kept ? waiter.resolve(this.rememberedAnswer(known)) : waiter.reject(refusal)));
    const newer = this.steps[this.steps.indexOf(step) + 1];
    if (kept && newer) newer.change = merged(step.change, newer.change);
    if (!kept || newer) this.remove(step);
    const waiting = kept ? (newer ?? step) : newer;
    if (waiting) this.wait(waiting);
  }

  /** Whether the step goes on with a running attempt, so that its report may be answered before it is durable [R10]. */
  private isKept({ change }: Step): boolean {
    return this.known?.status === 'processing' && change.attempt === this.known.attempt;
  }

  private remove(step: Step): void {
    step.callOff?.();
    this.steps = this.steps.filter((other) => other !== step);
  }
}

function answerTo({ waiters }: Step): Promise<ReportAnswer> {
  return new Promise((resolve, reject) => waiters.push({ resolve, reject }));
}
