import { ChangeDetectionStrategy, Component, computed, inject, type ElementRef, viewChild } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatProgressBar } from '@angular/material/progress-bar';
import { injectConnection, injectJobs } from '@harmonia/data-access';
import { ConnectionNotice, Icon, Notice } from '@harmonia/ui';
import { FileDrop } from './file-drop';
import { JobRow } from './job-row';
import { JobStarter } from './job-starter';

/** The user's jobs, live, and the ways to start one. */
@Component({
  selector: 'harmonia-job-list',
  imports: [ConnectionNotice, FileDrop, Icon, JobRow, MatButton, MatProgressBar, Notice],
  providers: [JobStarter],
  templateUrl: './job-list.html',
  styleUrl: './job-list.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class JobList {
  private readonly ref = injectJobs();
  protected readonly connection = injectConnection();
  protected readonly starter = inject(JobStarter);
  private readonly fileInput = viewChild.required<ElementRef<HTMLInputElement>>('fileInput');

  protected readonly jobs = this.ref.jobs;
  /** What fills the page: the list once it is known, else why it is not. */
  protected readonly view = computed(() => {
    if (this.ref.loaded()) return this.jobs().length > 0 ? 'list' : 'empty';
    return this.connection.trouble() ? 'trouble' : 'loading';
  });

  protected chooseFiles(): void {
    this.fileInput().nativeElement.click();
  }

  /** Empties the input, so that the same file can be chosen again. */
  protected async uploadChosen(): Promise<void> {
    const input = this.fileInput().nativeElement;
    const files = [...(input.files ?? [])];
    input.value = '';
    await this.starter.files(files);
  }
}
