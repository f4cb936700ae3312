import { Injectable } from '@angular/core';
import { Subject, type Observable } from 'rxjs';
import { CountedViews, type EndWatch } from './counted-views';

/** Which jobs and lists are being looked at, counted: two views of one job are one subscription [C5]. */
@Injectable()
export class JobWatches {
  private readonly changed = new Subject<void>();
  private readonly ofJobs = new CountedViews(() => this.changed.next());
  private readonly ofUserList = new CountedViews(() => this.changed.next());

  /** Whenever something is watched for the first time, or no longer. */
  readonly changes: Observable<void> = this.changed.asObservable();

  /** The jobs watched by name, the longest watched first. */
  get jobIds(): readonly string[] {
    return this.ofJobs.ids;
  }

  /** Whether the user's list is watched. */
  get userList(): boolean {
    return this.ofUserList.ids.length > 0;
  }

  /** Watches one job until the answer is called. */
  watchJob(id: string): EndWatch {
    return this.ofJobs.add(id);
  }

  /** Watches the user's list until the answer is called. */
  watchUserList(): EndWatch {
    return this.ofUserList.add('');
  }
}
