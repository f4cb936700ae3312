import type { JobHistoryEntry, JobProgress, JobStatus } from '@harmonia/contract';

/** A stretch of a job's life: from when it had this status in this attempt, and how far it came in it. */
export interface HistoryStep {
  readonly attempt: number;
  readonly status: JobStatus;
  /** Since when, ISO 8601. */
  readonly at: string;
  /** Why it began anew, where that was not asked for. */
  readonly reason?: JobHistoryEntry['reason'];
  /** The last that was told in it. */
  readonly progress: JobProgress | null;
}

/** One step for each change of status or attempt, the newest first; progress is no step of its own. */
export function historySteps(history: readonly JobHistoryEntry[]): readonly HistoryStep[] {
  const steps: HistoryStep[] = [];
  for (const { attempt, status, at, reason, progress } of [...history].sort((one, other) => one.version - other.version)) {
    const last = steps.at(-1);
    if (last?.attempt === attempt && last.status === status) steps[steps.length - 1] = { ...last, progress };
    else steps.push({ attempt, status, at, reason, progress });
  }
  return steps.reverse();
}
