import { inject, Injectable } from '@angular/core';
import { Store } from '@ngrx/store';
import { Subject, type Observable } from 'rxjs';
import { harmoniaFeature } from '../harmonia.feature';
import { FrameClock } from './frame-clock';
import type { JobFrame, JobNews, SyncOutcome } from './job-frame';
import { JobFrameBuffer } from './job-frame-buffer';
import { JobsActions } from './jobs.actions';

/** Where everything that arrives about jobs goes in: what one animation frame brings becomes one action [C4]. */
@Injectable()
export class JobInbox {
  private readonly store = inject(Store);
  private readonly clock = inject(FrameClock);
  private readonly records = this.store.selectSignal(harmoniaFeature.selectRecords);
  private readonly buffer = new JobFrameBuffer();
  private readonly gaps = new Subject<void>();

  /** Something arrived that only a sync can complete: another epoch [C3], or a body that is behind [S5]. */
  readonly syncNeeded: Observable<void> = this.gaps.asObservable();

  /** Takes what an event or an HTTP answer says; drops it, and asks for a sync, when its epoch is not adopted [C3]. */
  receive(news: JobNews): void {
    if (this.buffer.add(news)) this.clock.schedule(() => this.flush());
    else this.gaps.next();
  }

  /** Takes a sync's answer, which adopts its epoch [C3] and is later than all that came before it on this connection [S5]. */
  adopt(news: JobNews, outcome: SyncOutcome): void {
    this.buffer.adopt(news, outcome);
    this.clock.schedule(() => this.flush());
  }

  /** Hands over what was gathered without waiting for the frame, so that what is declared next is true. */
  flush(): void {
    this.clock.cancel();
    const frame = this.buffer.take();
    if (!frame) return;
    this.store.dispatch(JobsActions.jobsReceived(frame));
    if (this.leavesBodyBehind(frame)) this.gaps.next();
  }

  /** Says that something may have happened that nobody told of. */
  requestSync(): void {
    this.gaps.next();
  }

  /** Forgets what was gathered, and the epoch: another user is here, or none. */
  clear(): void {
    this.clock.cancel();
    this.buffer.clear();
  }

  private leavesBodyBehind({ jobs }: JobFrame): boolean {
    const { entities } = this.records();
    return jobs.some(({ state, body }) => !body && (entities[state.id]?.bodyVersion ?? state.bodyVersion) < state.bodyVersion);
  }
}
