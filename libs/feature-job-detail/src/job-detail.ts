import { DatePipe } from '@angular/common';
import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  ElementRef,
  inject,
  Injector,
  input,
  linkedSignal,
  viewChild,
} from '@angular/core';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import { isTerminal, jobFailure, RefusalError } from '@harmonia/contract';
import { explain, injectConnection, injectJob, injectJobViewers } from '@harmonia/data-access';
import {
  announceProgress,
  ConnectionNotice,
  ConnectionStrip,
  FileSize,
  Icon,
  JobProgressBar,
  LongWait,
  Notice,
  People,
  StatusBadge,
  TimeAgo,
} from '@harmonia/ui';
import { detailRows, resultFile } from './detail-rows';
import { JobHistory } from './job-history';
import { progressFigures } from './progress-figures';
import { JobCommands, type JobCommand } from './job-commands';

/** One job, live for as long as the route shows it, and what can be asked of it. */
@Component({
  selector: 'harmonia-job-detail',
  imports: [
    ConnectionNotice,
    ConnectionStrip,
    DatePipe,
    FileSize,
    Icon,
    JobHistory,
    JobProgressBar,
    LongWait,
    Notice,
    People,
    RouterLink,
    StatusBadge,
    TimeAgo,
  ],
  providers: [JobCommands],
  templateUrl: './job-detail.html',
  styleUrl: './job-detail.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class JobDetail {
  /** The id in the address. */
  readonly id = input.required<string>();

  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);
  private readonly injector = inject(Injector);
  private readonly destroyRef = inject(DestroyRef);
  private readonly keepButton = viewChild<unknown, ElementRef<HTMLElement>>('keep', { read: ElementRef });
  private readonly removeButton = viewChild<unknown, ElementRef<HTMLElement>>('remove', { read: ElementRef });
  protected readonly commands = inject(JobCommands);
  protected readonly connection = injectConnection();
  protected readonly ref = injectJob(this.id);
  protected readonly watching = injectJobViewers(this.id);

  protected readonly job = this.ref.job;
  protected readonly name = computed(() => this.job()?.title ?? this.id());
  protected readonly failure = computed(() => {
    const job = this.job();
    return job && jobFailure(job);
  });
  protected readonly figures = computed(() => {
    const job = this.job();
    const progress = this.ref.progress();
    return job && progress && progressFigures(job, progress);
  });
  protected readonly file = computed(() => {
    const job = this.job();
    return job && resultFile(job);
  });
  protected readonly rows = computed(() => {
    const job = this.job();
    return job ? detailRows(job) : [];
  });
  protected readonly can = computed(() => {
    const status = this.job()?.status;
    const ended = status && isTerminal(status);
    return { cancel: status && !ended, retry: status === 'failed' || status === 'cancelled', remove: ended };
  });
  /** One thing at a time: what was asked is not answered yet. */
  protected readonly busy = computed(() => this.ref.pending() !== null || this.commands.pending() !== null);
  /** Why the last thing that was asked did not happen. */
  protected readonly problem = computed(() => {
    const refused = this.ref.refusal()?.refusal;
    return refused ? explain(new RefusalError(refused.code, refused.message)) : this.commands.problemOf(this.id());
  });
  /** Deleting is asked twice. */
  protected readonly deleting = linkedSignal({ source: this.id, computation: () => false });

  constructor() {
    const topic = computed(() => {
      const job = this.job();
      return job && { id: job.id, name: this.name(), status: job.status, progress: this.ref.progress() };
    });
    announceProgress(topic, 10);
  }

  /** The focus goes to the button that undoes what was pressed, since that one is gone. */
  protected askToDelete(ask: boolean): void {
    this.deleting.set(ask);
    const next = ask ? this.keepButton : this.removeButton;
    afterNextRender(() => next()?.nativeElement.focus(), { injector: this.injector });
  }

  /** Whoever has gone elsewhere meanwhile stays there. */
  protected async run(command: JobCommand): Promise<void> {
    const id = this.id();
    const done = await this.commands.run(command, id);
    if (command !== 'remove' || this.destroyRef.destroyed || this.id() !== id) return;
    this.deleting.set(false);
    if (done) await this.router.navigate(['..'], { relativeTo: this.route });
  }
}
