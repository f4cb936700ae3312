import { inject, Injectable } from '@angular/core';
import { Subject, type Observable } from 'rxjs';
import { JobWatches } from '../jobs/job-watches';
import { CountedViews, type EndWatch } from '../jobs/counted-views';

/** Whom views ask to see: counted, as watches of jobs are [C5, P2]. */
@Injectable()
export class PresenceWatches {
  private readonly jobs = inject(JobWatches);
  private readonly changed = new Subject<void>();
  private readonly ofJobs = new CountedViews(() => this.changed.next());
  private readonly ofEverybody = new CountedViews(() => this.changed.next());

  /** Whenever views ask for something that none asked for, or none any longer. */
  readonly changes: Observable<void> = this.changed.asObservable();

  /** The jobs whose viewers are asked for. */
  get jobIds(): readonly string[] {
    return this.ofJobs.ids;
  }

  /** Whether somebody asks who is online. */
  get everybody(): boolean {
    return this.ofEverybody.ids.length > 0;
  }

  /** Asks who watches a job, which takes part in it and watches the job itself, until the answer is called. */
  watchViewers(id: string): EndWatch {
    const ends = [this.jobs.watchJob(id), this.ofJobs.add(id)];
    return () => ends.forEach((end) => end());
  }

  /** Asks who is online until the answer is called. */
  watchEverybody(): EndWatch {
    return this.ofEverybody.add('');
  }
}
