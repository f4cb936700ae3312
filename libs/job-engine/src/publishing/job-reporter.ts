import { isTerminal, type Job, type ProgressInput, type ReportAnswer, type ReportedError } from '@harmonia/contract';
import type { ReportedChange } from '../store/job-change.js';
import { progressReport, type JobDraft } from './host-input.js';
import { isJobUnknown, isRetryable } from './is-retryable.js';
import type { JobPublisher } from './job-publisher.js';
import type { ReportMemory } from './report-memory.js';

type Said = Omit<ReportedChange, 'kind' | 'id' | 'attempt' | 'sequence'>;

/** The attempt to be reported; with owner and type a store that has forgotten the job can be told of it anew [F5]. */
export type ReportedJob = Pick<Job, 'id' | 'attempt'> & Partial<Pick<Job, 'userId' | 'jobType' | 'title' | 'tags' | 'input'>>;

/**
 * Reports one attempt of a job and counts its reports [R4], so that nothing it says can reach another attempt. After an
 * answer that is not accepted the attempt is over, and its worker stops. When the store was rolled back or emptied, what was
 * accepted last is said again by itself, and the job is created anew with its id [F5].
 *
 * @example
 * const reporter = publisher.reporter(job);
 * await reporter.started();
 * const { accepted } = await reporter.progress({ current: 3, total: 9 });
 */
export class JobReporter {
  readonly id: string;
  readonly attempt: number;
  private readonly draft: Omit<JobDraft, 'id'> | undefined;
  private sequence = 0;
  /** All that was accepted, as one report. */
  private latest: Said = {};
  private latestSequence = 0;
  private epoch: string | null = null;
  private at = 0;

  constructor(
    private readonly publisher: Pick<JobPublisher, 'report' | 'retried'>,
    private readonly memory: ReportMemory,
    job: ReportedJob,
  ) {
    const { id, attempt, userId, jobType, title, tags, input } = job;
    this.id = id;
    this.attempt = attempt;
    this.draft = userId === undefined || jobType === undefined ? undefined : { userId, jobType, title, tags: [...(tags ?? [])], input };
  }

  /** The epoch in which the store knows all that was accepted; null while nothing was. */
  get toldIn(): string | null {
    return this.epoch;
  }

  /** When something was last accepted, ms since 1970. */
  get saidAt(): number {
    return this.at;
  }

  /** Whether the end of the attempt was accepted. */
  get hasEnded(): boolean {
    return this.latest.status !== undefined && isTerminal(this.latest.status);
  }

  /** Begins the attempt. Of several workers that say so one alone is accepted: it has claimed the job. */
  async started(): Promise<ReportAnswer> {
    return this.send(++this.sequence, { status: 'processing' });
  }

  /** See `JobPublisher.progress`. */
  async progress(input: ProgressInput, message?: string): Promise<ReportAnswer> {
    return this.say({ progress: progressReport(input, message) });
  }

  /** Says that the worker is there [R10]; nothing else changes. */
  heartbeat(): Promise<ReportAnswer> {
    return this.say({});
  }

  /** Ends the attempt with a result: any JSON up to 64 KB [R11]. */
  completed(result: unknown = null): Promise<ReportAnswer> {
    return this.say({ status: 'completed', result });
  }

  /** Ends the attempt with a code for programs and a sentence for people [R11]. */
  failed(error: ReportedError): Promise<ReportAnswer> {
    return this.say({ status: 'failed', error });
  }

  /** Says again all that was accepted [F5]. Never rejects: what can be said again later leaves {@link toldIn} behind. */
  async repeat(): Promise<void> {
    try {
      const answer = await this.say({ status: 'processing', ...this.latest });
      if (this.isKnown(answer)) this.epoch = answer.epoch;
      else this.memory.drop(this);
    } catch (error) {
      if (!isRetryable(error)) this.memory.drop(this);
    }
  }

  /** Resumes above the highest sequence of the attempt when somebody has reported it before [R4]. */
  private async say(said: Said): Promise<ReportAnswer> {
    const sequence = ++this.sequence;
    const answer = await this.send(sequence, said);
    if (answer.accepted) return answer;
    if (await this.isBegunAnew(answer)) return this.send(++this.sequence, { ...this.latest, ...said });
    if (answer.reason === 'latched' || answer.attempt !== this.attempt || answer.sequence < sequence) return answer;
    this.sequence = Math.max(this.sequence, answer.sequence);
    return this.send(++this.sequence, said);
  }

  private async send(sequence: number, said: Said): Promise<ReportAnswer> {
    const report: ReportedChange = { kind: 'reported', id: this.id, attempt: this.attempt, sequence, ...said };
    try {
      return this.heard(sequence, said, await this.publisher.report(report));
    } catch (error) {
      if (!this.isForgotten() || !isJobUnknown(error)) throw error;
      return this.heard(sequence, said, await this.publisher.report({ ...report, ...this.latest, ...said }, this.draft));
    }
  }

  private heard(sequence: number, said: Said, answer: ReportAnswer): ReportAnswer {
    if (!answer.accepted) return answer;
    this.epoch ??= answer.epoch;
    this.at = Date.now();
    if (sequence > this.latestSequence) this.latest = { ...this.latest, ...said };
    this.latestSequence = Math.max(sequence, this.latestSequence);
    this.memory.keep(this);
    return answer;
  }

  /** Whether the store knows what was said last: it takes no end twice, but may forget it once more. */
  private isKnown(answer: ReportAnswer): boolean {
    return answer.accepted || (this.hasEnded && answer.reason === 'latched' && answer.attempt === this.attempt);
  }

  /** Whether the store has begun another epoch since it knew all of this. */
  private isForgotten(): boolean {
    return this.epoch !== null && this.epoch !== this.memory.epoch;
  }

  /** A store that was rolled back to the end of the attempt before does not know that the job was retried since. */
  private async isBegunAnew(answer: ReportAnswer): Promise<boolean> {
    const isEarlier = !answer.accepted && answer.reason === 'latched' && answer.attempt < this.attempt;
    if (!isEarlier || !this.isForgotten()) return false;
    return this.publisher.retried(this.id).then(
      () => true,
      () => false,
    );
  }
}
