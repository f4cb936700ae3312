import type { JobNews } from './job-frame';
import type { JobRecords } from './jobs.reducer';

/**
 * What an HTTP answer may still say when a sync was answered since it was asked for: it may be older than that, and is not
 * ordered with it as events are. What it says of known jobs is ordered by version [C1]. A job that was removed, or that a
 * snapshot of the list did not bring, does not come by it: it is gone, or told of by the list itself [C2].
 */
export function leftStanding(news: JobNews, records: JobRecords, isOlderThanSnapshot: boolean): JobNews {
  const { rows, doubted, tombstones } = records;
  const stands = (id: string) => (id in rows.slots ? !(isOlderThanSnapshot && id in doubted) : !isOlderThanSnapshot && !(id in tombstones));
  return { ...news, jobs: news.jobs.filter(({ state }) => stands(state.id)) };
}
