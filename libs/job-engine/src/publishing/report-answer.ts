import { RefusalError, type JobStatus, type ReportAnswer } from '@harmonia/contract';
import type { ChangeOutcome, ReportedChange } from '../store/job-change.js';

/** What the publisher remembers of a job from its last outcome. */
export interface KnownJob {
  readonly epoch: string;
  readonly status: JobStatus;
  readonly attempt: number;
  readonly sequence: number;
  readonly version: number;
}

/** Null when the job is unknown or gone. */
export function knownJob(outcome: ChangeOutcome): KnownJob | null {
  if (outcome.result === 'refused' || !outcome.record) return null;
  const { job, sequence } = outcome.record;
  return { epoch: outcome.epoch, status: job.status, attempt: job.attempt, sequence, version: job.version };
}

/** The answer that says where a job stands: all that a reporter needs to resume [R4]. */
export function acceptedAnswer({ epoch, attempt, sequence, version }: KnownJob): ReportAnswer {
  return { accepted: true, epoch, attempt, sequence, version };
}

/** What the store has decided of a report; rejects with what it refuses. */
export async function decidedAnswer(outcome: ChangeOutcome): Promise<ReportAnswer> {
  const known = knownJob(outcome);
  if (!known) throw new RefusalError(outcome.result === 'refused' ? outcome.code : 'job-unknown');
  const answer = acceptedAnswer(known);
  return outcome.result === 'ignored' ? { ...answer, accepted: false, reason: outcome.reason } : answer;
}

/** Where a report stands among others: what is left out is the current attempt and the newest sequence. */
type Place = Pick<ReportedChange, 'attempt' | 'sequence'>;

/** Whether a report is not newer than another, as far as their attempts and sequences tell [R4]. */
export function isBehind(report: Place, other: Place): boolean {
  if (report.attempt !== undefined && other.attempt !== undefined && report.attempt !== other.attempt) {
    return report.attempt < other.attempt;
  }
  return report.sequence !== undefined && report.sequence <= (other.sequence ?? 0);
}

/** Two reports of an attempt as one: the newer wins, and what it leaves out stays. */
export function merged(older: ReportedChange, newer: ReportedChange): ReportedChange {
  if (older.attempt !== undefined && older.attempt !== newer.attempt) return newer;
  return { ...newer, sequence: newer.sequence ?? older.sequence, progress: newer.progress ?? older.progress };
}
