import { computed, inject, Injectable, linkedSignal, untracked } from '@angular/core';
import { explain, injectJobs, JobsHttp, type JobListFilter } from '@harmonia/data-access';
import { AddressFilter, type ShownJobs } from './address-filter';

/** Where the list goes on in the past, under the same filters. */
interface Past {
  /** The page to ask for: undefined for the first, null when there are no more. */
  readonly page: string | null | undefined;
  readonly isAsked: boolean;
  readonly problem: string | null;
}

const UNKNOWN: Past = { page: undefined, isAsked: false, problem: null };
const JOBS_A_PAGE = 200;
/** Of the past, a list is told the newest finished jobs: one that has fewer is whole. */
const LEAST_CUT_SHORT = 100;

/** Asks for the finished jobs that a list is not told of by itself [S2]; what is found joins it as any other. */
@Injectable()
export class OlderJobs {
  private readonly http = inject(JobsHttp);
  private readonly all = injectJobs().jobs;
  private readonly shown = inject(AddressFilter).shown;
  private readonly past = linkedSignal({ source: this.shown, computation: () => UNKNOWN });

  readonly mayExist = computed(() => this.all().length >= LEAST_CUT_SHORT && this.past().page !== null);
  readonly isAsked = computed(() => this.past().isAsked);
  /** Why they cannot be had, and what to do about it. */
  readonly problem = computed(() => this.past().problem);

  /**
   * Turns pages until one has a job that was not known, or there are no more.
   * Answers whether there was one; it joins the list at the next frame.
   */
  async ask(): Promise<boolean> {
    if (this.isAsked()) return false;
    const shown = untracked(this.shown);
    const known = new Set(untracked(this.all).map(({ id }) => id));
    let { page } = this.past();
    const update = (past: Past) => this.shown() === shown && this.past.set(past);
    update({ page, isAsked: true, problem: null });
    let isNews = false;
    try {
      while (!isNews && page !== null && this.shown() === shown) {
        const found = await this.http.list(question(shown, page));
        page = found.nextPage;
        isNews = found.jobs.some(({ id }) => !known.has(id));
      }
      update({ page, isAsked: false, problem: null });
    } catch (error) {
      update({ page, isAsked: false, problem: explain(error) });
    }
    return isNews;
  }
}

/** Nothing is said of what does not narrow. */
function question({ status, type, tag, text }: ShownJobs, page: string | undefined): JobListFilter {
  const words = text.trim();
  const narrow = { ...(type !== undefined && { type }), ...(tag !== undefined && { tag }), ...(words !== '' && { text: words }) };
  return { status, ...narrow, limit: JOBS_A_PAGE, ...(page !== undefined && { page }) };
}
