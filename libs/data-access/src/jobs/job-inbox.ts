import { inject, Injectable } from '@angular/core';
import { Store } from '@ngrx/store';
import { Subject, type Observable } from 'rxjs';
import { selectRecords } from '../harmonia.feature';
import { FrameClock } from './frame-clock';
import type { JobFrame, JobNews, SyncOutcome, WireFrame } from './job-frame';
import { JobFrameBuffer } from './job-frame-buffer';
import { entityIn } from './job-segments';
import { JobsActions } from './jobs.actions';
import { leftStanding } from './late-answer';
import { completedBy, type ReceivedJob } from './received-job';

/** Where everything that arrives about jobs goes in: what one animation frame brings becomes one action [C4]. */
@Injectable()
export class JobInbox {
  private readonly store = inject(Store);
  private readonly clock = inject(FrameClock);
  private readonly records = this.store.selectSignal(selectRecords);
  private readonly buffer = new JobFrameBuffer();
  private readonly gaps = new Subject<void>();
  private answers = 0;
  private begun = 0;
  private latestSnapshot = 0;

  /** Something arrived that only a sync can complete: another epoch [C3], a body that is behind, a frame of a job not known [S5]. */
  readonly syncNeeded: Observable<void> = this.gaps.asObservable();

  /** How many sync answers were taken: to be noted when something is asked over HTTP, and handed in with its answer. */
  get moment(): number {
    return this.answers;
  }

  /**
   * Takes what an event or an HTTP answer says; drops it, and asks for a sync, when its epoch is not adopted [C3]. Of an
   * answer that was asked for at an earlier `moment` it takes what a sync answer since then leaves standing [C2].
   */
  receive(news: JobNews, moment = this.answers): void {
    const late = moment < this.answers;
    if (moment < this.begun) return;
    if (this.buffer.add(late ? leftStanding(news, this.records(), moment < this.latestSnapshot) : news))
      this.clock.schedule(() => this.flush());
    else this.gaps.next();
  }

  /** Takes a frame [E4], completed by what is known of its jobs; one that is not known, unless it is gone, is asked for [C2]. */
  receiveFrame({ epoch, jobs }: WireFrame): void {
    const records = this.records();
    const known: ReceivedJob[] = [];
    let isComplete = true;
    for (const job of jobs) {
      const identity = this.buffer.find(job.id)?.state ?? entityIn(records, job.id);
      if (identity) known.push(completedBy(identity, job));
      else if (job.version > (records.tombstones[job.id] ?? 0)) isComplete = false;
    }
    this.receive({ epoch, jobs: known, removed: [] });
    if (!isComplete) this.requestSync();
  }

  /**
   * Takes a sync's answer, which adopts its epoch [C3]. It is an action of its own, after what was gathered: it is later than
   * all that came before it on this connection, and earlier than all that comes after it [S5].
   */
  adopt(news: JobNews, outcome: SyncOutcome): void {
    this.flush();
    this.buffer.adopt(news.epoch);
    this.answers++;
    if (outcome.userList?.reset) this.latestSnapshot = this.answers;
    this.handOver({ ...news, sync: outcome });
  }

  /** Hands over what was gathered without waiting for the frame, so that what is declared next is true. */
  flush(): void {
    this.clock.cancel();
    const frame = this.buffer.take();
    if (frame) this.handOver(frame);
  }

  /** Says that something may have happened that nobody told of. */
  requestSync(): void {
    this.gaps.next();
  }

  /** Forgets what was gathered, and the epoch: another user is here, or none. What was asked before is not answered to them. */
  clear(): void {
    this.clock.cancel();
    this.buffer.clear();
    this.begun = ++this.answers;
  }

  private handOver(frame: JobFrame): void {
    this.store.dispatch(JobsActions.jobsReceived(frame));
    if (this.records().lacksBody) this.gaps.next();
  }
}
