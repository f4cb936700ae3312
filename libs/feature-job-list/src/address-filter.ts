import { computed, inject, Injectable } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router, type ParamMap } from '@angular/router';
import { JOB_STATUSES, type JobStatus } from '@harmonia/contract';
import type { JobFilter } from '@harmonia/data-access';

/** Which jobs to show, every part said. */
export interface ShownJobs extends JobFilter {
  /** None means all. */
  readonly status: readonly JobStatus[];
  readonly text: string;
}

/** What narrows the list, kept in the address alone: so it can be shared, and back and forward work. */
@Injectable()
export class AddressFilter {
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);
  private readonly address = toSignal(this.route.queryParamMap, { initialValue: this.route.snapshot.queryParamMap });

  readonly shown = computed(() => shownBy(this.address()));
  readonly narrows = computed(() => {
    const { status, type, tag, text } = this.shown();
    return status.length > 0 || type !== undefined || tag !== undefined || text.trim() !== '';
  });

  /** Shows jobs of this status too, or no longer. */
  toggle(status: JobStatus): void {
    const chosen = this.shown().status;
    this.go({ status: chosen.includes(status) ? chosen.filter((one) => one !== status) : [...chosen, status] });
  }

  /** An empty choice does not narrow. */
  choose(part: 'type' | 'tag', value: string): void {
    this.go({ [part]: value || null });
  }

  /** The words as they are typed: one step of the history, not one a letter. */
  write(text: string): void {
    this.go({ text: text || null }, this.shown().text !== '');
  }

  clear(): void {
    this.go({ status: null, type: null, tag: null, text: null });
  }

  private go(queryParams: Record<string, string | readonly string[] | null>, replaceUrl = false): void {
    void this.router.navigate([], { relativeTo: this.route, queryParams, queryParamsHandling: 'merge', replaceUrl, scroll: 'manual' });
  }
}

/** What an address means, as far as it means anything. */
function shownBy(address: ParamMap): ShownJobs {
  const named = address.getAll('status');
  const type = address.get('type') || undefined;
  const tag = address.get('tag') || undefined;
  return { status: JOB_STATUSES.filter((status) => named.includes(status)), type, tag, text: address.get('text') ?? '' };
}
