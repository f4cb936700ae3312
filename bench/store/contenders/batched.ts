import type { Job } from '@harmonia/contract';
import { provideStore, Store } from '@ngrx/store';
import { jobsChanged, jobsLoaded, jobsReducer, selectAllJobs, type JobChange } from '../../peers/batched-jobs.ts';
import type { Contender } from '../contender.ts';
import { page } from '../page.ts';

/** A careful user's way: one action and one updateMany a frame, and one list that shows all jobs. */
export async function batched(jobs: readonly Job[]): Promise<Contender<readonly JobChange[]>> {
  const store = (await page([provideStore({ jobs: jobsReducer })])).get(Store);
  store.dispatch(jobsLoaded({ jobs: [...jobs] }));
  let all: readonly Job[] = [];
  store.select(selectAllJobs).subscribe((list) => (all = list));
  return {
    told: (changes) => changes.map(({ id, status, progress, result }) => ({ id, changes: { status, progress, result } })),
    take: (told) => {
      const newest = new Map<string, JobChange>();
      for (const change of told) newest.set(change.id, change);
      store.dispatch(jobsChanged({ changes: [...newest.values()] }));
    },
    shown: () => all,
  };
}
