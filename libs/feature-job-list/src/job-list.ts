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
  linkedSignal,
  untracked,
  viewChild,
} from '@angular/core';
import { injectConnection, injectJobs } from '@harmonia/data-access';
import { Announcer, ConnectionNotice, ConnectionStrip, Icon, Notice } from '@harmonia/ui';
import { AddressFilter } from './address-filter';
import { FileDrop } from './file-drop';
import { JobFilters } from './job-filters';
import { JobRow } from './job-row';
import { JobStarter } from './job-starter';
import { UploadList } from './upload-list';
import { Uploads } from './uploads';

/** So many rows are drawn at first, and with each wish for more: some hundred that move at once are what a page can bear. */
const PAGE = 100;

/** The user's jobs, live, as far as the address asks for them, and the ways to start one. */
@Component({
  selector: 'harmonia-job-list',
  imports: [ConnectionNotice, ConnectionStrip, DecimalPipe, FileDrop, Icon, JobFilters, JobRow, Notice, UploadList],
  providers: [AddressFilter, JobStarter],
  templateUrl: './job-list.html',
  styleUrl: './job-list.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class JobList {
  private readonly ref = injectJobs();
  protected readonly filter = inject(AddressFilter);
  protected readonly connection = injectConnection();
  protected readonly starter = inject(JobStarter);
  protected readonly uploads = inject(Uploads);
  private readonly injector = inject(Injector);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly announcer = inject(Announcer);
  private readonly fileInput = viewChild.required<ElementRef<HTMLInputElement>>('fileInput');

  protected readonly all = this.ref.jobs;
  protected readonly jobs = injectJobs(this.filter.shown).jobs;
  private readonly most = linkedSignal({ source: this.filter.shown, computation: () => PAGE });
  protected readonly drawn = computed(() => this.jobs().slice(0, this.most()));
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

  /** The focus goes on where the new rows begin. */
  protected showMore(): void {
    const before = this.drawn().length;
    this.most.update((most) => most + PAGE);
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
