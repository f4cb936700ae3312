import { DecimalPipe } from '@angular/common';
import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  ElementRef,
  inject,
  Injector,
  untracked,
  viewChild,
} from '@angular/core';
import { injectConnection, injectJobs } from '@harmonia/data-access';
import { Announcer, ConnectionNotice, ConnectionStrip, Icon, LongWait, Notice } from '@harmonia/ui';
import { AddressFilter } from './address-filter';
import { DrawnRows } from './drawn-rows';
import { FileDrop } from './file-drop';
import { JobFilters } from './job-filters';
import { JobRow } from './job-row';
import { JobStarter } from './job-starter';
import { OlderJobs } from './older-jobs';
import { UploadList } from './upload-list';
import { Uploads } from './uploads';

/** The user's jobs, live, as far as the address asks for them, and the ways to start one. */
@Component({
  selector: 'harmonia-job-list',
  imports: [ConnectionNotice, ConnectionStrip, DecimalPipe, FileDrop, Icon, JobFilters, JobRow, LongWait, Notice, UploadList],
  providers: [AddressFilter, DrawnRows, JobStarter, OlderJobs],
  templateUrl: './job-list.html',
  styleUrl: './job-list.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class JobList {
  private readonly ref = injectJobs();
  protected readonly filter = inject(AddressFilter);
  protected readonly connection = injectConnection();
  protected readonly starter = inject(JobStarter);
  protected readonly older = inject(OlderJobs);
  protected readonly uploads = inject(Uploads);
  private readonly injector = inject(Injector);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly announcer = inject(Announcer);
  private readonly fileInput = viewChild.required<ElementRef<HTMLInputElement>>('fileInput');

  protected readonly all = this.ref.jobs;
  protected readonly jobs = injectJobs(this.filter.shown).jobs;
  private readonly rows = inject(DrawnRows);
  protected readonly drawn = computed(() => this.jobs().slice(0, this.rows.most()));
  /** What fills the page: the list once it is known, else why it is not. */
  protected readonly view = computed(() => {
    if (this.jobs().length > 0 && this.ref.loaded()) return 'list';
    if (this.ref.loaded()) return this.all().length > 0 ? 'no-match' : 'empty';
    return this.connection.trouble() ? 'trouble' : 'loading';
  });

  constructor() {
    let isFirst = true;
    effect(() => {
      this.filter.shown();
      if (!isFirst) this.announcer.mention('shown', `${untracked(this.jobs).length} of ${untracked(this.all).length} jobs`);
      isFirst = false;
    });
  }

  /** Asks for older ones where all that are known are drawn. The focus goes on where the new rows begin. */
  protected async showMore(): Promise<void> {
    const before = this.drawn().length;
    if (before === this.jobs().length && !(await this.older.ask())) return;
    this.rows.more();
    afterNextRender(() => this.host.querySelectorAll<HTMLElement>('.list a').item(before)?.focus(), { injector: this.injector });
  }

  protected chooseFiles(): void {
    this.fileInput().nativeElement.click();
  }

  /** Empties the input, so that the same file can be chosen again. */
  protected uploadChosen(): void {
    const input = this.fileInput().nativeElement;
    const files = [...(input.files ?? [])];
    input.value = '';
    this.uploads.add(files);
  }
}
