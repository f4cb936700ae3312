import type { ProgressInput, ReportAnswer, ReportedError } from '@harmonia/contract';
import type { ReportedChange } from '../store/job-change.js';
import { progressReport } from './host-input.js';
import type { JobPublisher } from './job-publisher.js';

type Said = Omit<ReportedChange, 'kind' | 'id' | 'attempt' | 'sequence'>;

/**
 * Reports one attempt of a job and counts its reports [R4], so that nothing it says can reach another attempt. After an
 * answer that is not accepted the attempt is over, and its worker stops.
 *
 * @example
 * const reporter = publisher.reporter(job);
 * await reporter.started();
 * const { accepted } = await reporter.progress({ current: 3, total: 9 });
 */
export class JobReporter {
  private sequence = 0;

  constructor(
    private readonly publisher: Pick<JobPublisher, 'report'>,
    readonly id: string,
    readonly attempt: number,
  ) {}

  /** Begins the attempt. Of several workers that say so one alone is accepted: it has claimed the job. */
  started(): Promise<ReportAnswer> {
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

  completed(result: unknown = null): Promise<ReportAnswer> {
    return this.say({ status: 'completed', result });
  }

  failed(error: ReportedError): Promise<ReportAnswer> {
    return this.say({ status: 'failed', error });
  }

  /** Resumes above the highest sequence of the attempt when somebody has reported it before [R4]. */
  private async say(said: Said): Promise<ReportAnswer> {
    const sequence = ++this.sequence;
    const answer = await this.send(sequence, said);
    if (answer.accepted || answer.reason === 'latched' || answer.attempt !== this.attempt || answer.sequence < sequence) return answer;
    this.sequence = Math.max(this.sequence, answer.sequence);
    return this.send(++this.sequence, said);
  }

  private send(sequence: number, said: Said): Promise<ReportAnswer> {
    return this.publisher.report({ kind: 'reported', id: this.id, attempt: this.attempt, sequence, ...said });
  }
}
