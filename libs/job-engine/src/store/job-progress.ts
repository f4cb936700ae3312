import type { JobProgress, JobStatus, ProgressReport } from '@harmonia/contract';

/** [R5] Percent never falls within an attempt; a completed job is done to the last unit. */
export function progressAfter(previous: JobProgress | null, report: ProgressReport | undefined, status: JobStatus): JobProgress | null {
  const reported = report ? { ...report, percentage: Math.max(previous?.percentage ?? 0, percentageOf(report)) } : previous;
  if (status !== 'completed' || !reported) return reported;
  return { ...reported, current: reported.total ?? reported.current, percentage: 100 };
}

function percentageOf({ current, total }: ProgressReport): number {
  return total === null ? 0 : Math.min(100, Math.floor((100 * current) / total));
}

/** Whether a report has brought nothing new. */
export function sameProgress(a: JobProgress | null, b: JobProgress | null): boolean {
  return (
    a === b ||
    (a !== null && b !== null && a.current === b.current && a.total === b.total && a.percentage === b.percentage && a.message === b.message)
  );
}
