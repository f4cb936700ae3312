import { Injectable } from '@angular/core';
import { Subject, type Observable } from 'rxjs';

/** Ends a watch; calling it again does nothing. */
export type EndWatch = () => void;

/** Which jobs and lists are being looked at, counted: two views of one job are one subscription [C5]. */
@Injectable()
export class JobWatches {
  private readonly views = new Map<string, number>();
  private userListViews = 0;
  private readonly changed = new Subject<void>();

  /** Whenever something is watched for the first time, or no longer. */
  readonly changes: Observable<void> = this.changed.asObservable();

  /** The jobs watched by name, the longest watched first. */
  get jobIds(): readonly string[] {
    return [...this.views.keys()];
  }

  /** Whether the user's list is watched. */
  get userList(): boolean {
    return this.userListViews > 0;
  }

  /** Watches one job until the answer is called. */
  watchJob(id: string): EndWatch {
    const views = (this.views.get(id) ?? 0) + 1;
    this.views.set(id, views);
    if (views === 1) this.changed.next();
    return once(() => this.leaveJob(id));
  }

  /** Watches the user's list until the answer is called. */
  watchUserList(): EndWatch {
    this.userListViews++;
    if (this.userListViews === 1) this.changed.next();
    return once(() => {
      this.userListViews--;
      if (this.userListViews === 0) this.changed.next();
    });
  }

  private leaveJob(id: string): void {
    const views = (this.views.get(id) ?? 1) - 1;
    if (views > 0) this.views.set(id, views);
    else {
      this.views.delete(id);
      this.changed.next();
    }
  }
}

function once(run: () => void): EndWatch {
  let done = false;
  return () => {
    if (!done) run();
    done = true;
  };
}
