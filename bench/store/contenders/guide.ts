import type { Job } from '@harmonia/contract';
import { provideStore, Store, type Action } from '@ngrx/store';
import { jobCompleted, jobProgressUpdated, jobsLoaded, jobsReducer, selectAllJobs } from '../../peers/guide-jobs.ts';
import type { Contender } from '../contender.ts';
import type { JobChanged } from '../job-stream.ts';
import { page } from '../page.ts';

/** The integration guide's way: an action and an updateOne for each event, and one list that shows all jobs. */
export async function guide(jobs: readonly Job[]): Promise<Contender<readonly Action[]>> {
  const injector = await page([provideStore({ jobs: jobsReducer })]);
  const store = injector.get(Store);
  store.dispatch(jobsLoaded({ jobs: [...jobs] }));
  let all: readonly Job[] = [];
  store.select(selectAllJobs).subscribe((list) => (all = list));
  return {
    told: (changes) => changes.flatMap(eventsOf),
    take: (told) => told.forEach((action) => store.dispatch(action)),
    shown: () => all,
  };
}

function eventsOf(job: JobChanged): readonly Action[] {
  const { id, progress } = job;
  if (job.status === 'completed') return [jobCompleted({ job })];
  return progress ? [jobProgressUpdated({ id, progress })] : [];
}
