import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import type { Job } from '@harmonia/contract';
import { provideStore, Store } from '@ngrx/store';
import { map } from 'rxjs';
import { jobsLoaded, jobsReducer, selectAllJobs, selectJobById } from '../../peers/guide-jobs';
import { GuideWebSocketService } from '../../peers/guide-service';
import { JobCard } from './job-card';
import { SHOWN_IDS, type Way } from './way';

@Component({
  selector: 'bench-job',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [AsyncPipe, JobCard],
  template: `<bench-job-card [job]="job$() | async" />`,
})
class JobView {
  readonly id = input.required<string>();
  private readonly store = inject(Store);
  readonly job$ = computed(() => this.store.select(selectJobById(this.id())));
}

@Component({
  selector: 'bench-page',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [AsyncPipe, JobView],
  template: `
    <h1>{{ count$ | async }} jobs</h1>
    @for (id of ids; track id) {
      <bench-job [id]="id" />
    }
  `,
})
class Page {
  readonly ids = SHOWN_IDS;
  private readonly store = inject(Store);
  private readonly socket = inject(GuideWebSocketService);
  readonly count$ = this.store.select(selectAllJobs).pipe(map(({ length }) => length));

  constructor() {
    void this.load();
  }

  private async load(): Promise<void> {
    // our own server's list
    const jobs = (await (await fetch('/jobs')).json()) as Job[];
    this.store.dispatch(jobsLoaded({ jobs }));
    this.socket.connect('ada');
    this.socket.subscribeToUserJobs();
  }
}

/** As the integration guide says. */
export const guideWay: Way = {
  page: Page,
  providers: [provideStore({ jobs: jobsReducer })],
  held: () => inject(Store).selectSignal(selectAllJobs)(),
};
