import { ChangeDetectionStrategy, Component, computed, effect, inject, untracked, type ElementRef, viewChild } from '@angular/core';
import { injectConnection, injectJobs } from '@harmonia/data-access';
import { Announcer, ConnectionNotice, ConnectionStrip, Icon, Notice } from '@harmonia/ui';
import { AddressFilter } from './address-filter';
import { FileDrop } from './file-drop';
import { JobFilters } from './job-filters';
import { JobRow } from './job-row';
import { JobStarter } from './job-starter';
import { UploadList } from './upload-list';
import { Uploads } from './uploads';

/** The user's jobs, live, as far as the address asks for them, and the ways to start one. */
@Component({
  selector: 'harmonia-job-list',
  imports: [ConnectionNotice, ConnectionStrip, FileDrop, Icon, JobFilters, JobRow, Notice, UploadList],
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
  private readonly fileInput = viewChild.required<ElementRef<HTMLInputElement>>('fileInput');

  protected readonly all = this.ref.jobs;
  protected readonly jobs = injectJobs(this.filter.shown).jobs;
  /** What fills the page: the list once it is known, else why it is not. */
  protected readonly view = computed(() => {
    if (this.jobs().length > 0 && this.ref.loaded()) return 'list';
    if (this.ref.loaded()) return this.all().length > 0 ? 'no-match' : 'empty';
    return this.connection.trouble() ? 'trouble' : 'loading';
  });

  constructor() {
    const announcer = inject(Announcer);
    let isFirst = true;
    effect(() => {
      this.filter.shown();
      if (!isFirst) announcer.mention('shown', `${untracked(this.jobs).length} of ${untracked(this.all).length} jobs`);
      isFirst = false;
    });
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
