import { DecimalPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, input, linkedSignal } from '@angular/core';
import { JOB_STATUSES } from '@harmonia/contract';
import { injectJobs, type JobEntity } from '@harmonia/data-access';
import { Icon, STATUS_WORDS } from '@harmonia/ui';
import { AddressFilter } from './address-filter';

/** The controls that narrow the list, with how many jobs each status would show. */
@Component({
  selector: 'harmonia-job-filters',
  imports: [DecimalPipe, Icon],
  templateUrl: './job-filters.html',
  styleUrl: './job-filters.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class JobFilters {
  /** Every job there is to choose from. */
  readonly jobs = input.required<readonly JobEntity[]>();

  protected readonly filter = inject(AddressFilter);
  protected readonly shown = this.filter.shown;
  /** What was typed, ahead of the address. */
  protected readonly text = linkedSignal(() => this.shown().text);
  private readonly ofAnyStatus = injectJobs(computed(() => ({ ...this.shown(), status: [] }))).jobs;

  protected readonly chips = computed(() =>
    JOB_STATUSES.map((status) => ({
      status,
      word: STATUS_WORDS[status],
      count: this.ofAnyStatus().filter((job) => job.status === status).length,
      isChosen: this.shown().status.includes(status),
    })),
  );
  protected readonly types = computed(() =>
    choices(
      this.jobs().map(({ jobType }) => jobType),
      this.shown().type,
    ),
  );
  protected readonly tags = computed(() =>
    choices(
      this.jobs().flatMap(({ tags }) => tags),
      this.shown().tag,
    ),
  );

  protected write(text: string): void {
    this.text.set(text);
    this.filter.write(text);
  }
}

/** Each once, in order; what the address names stays a choice when no job has it any longer. */
function choices(values: readonly string[], chosen: string | undefined): readonly string[] {
  return [...new Set(chosen === undefined ? values : [...values, chosen])].sort();
}
