import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { injectJob, injectJobs, provideHarmonia, selectAllJobs, selectJobProgress, withGateway, withToken } from '@harmonia/data-access';
import { provideEffects } from '@ngrx/effects';
import { provideStore, Store } from '@ngrx/store';
import { JobCard } from './job-card';
import { SHOWN_IDS, type Way } from './way';

@Component({
  selector: 'bench-job',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [JobCard],
  template: `<bench-job-card [job]="ref.job()" />`,
})
class JobView {
  readonly id = input.required<string>();
  readonly ref = injectJob(this.id);
}

@Component({
  selector: 'bench-page',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [JobView],
  template: `
    <h1>{{ all.jobs().length }} jobs</h1>
    @for (id of ids; track id) {
      <bench-job [id]="id" />
    }
  `,
})
class Page {
  readonly ids = SHOWN_IDS;
  readonly all = injectJobs();
}

/** As README says. */
export const harmoniaWay: Way = {
  page: Page,
  providers: [
    provideStore(),
    provideEffects(),
    provideHarmonia(
      withGateway({}),
      withToken(() => 'ada'),
    ),
  ],
  held: () => {
    const store = inject(Store);
    const jobs = store.selectSignal(selectAllJobs)();
    return jobs.map(({ id, status }) => ({ id, status, progress: store.selectSignal(selectJobProgress(id))() }));
  },
};
