import type { Job } from '@harmonia/contract';
import type { JobChanged } from './job-stream.ts';

/** What of a job is compared with the fold: all that a view shows. */
export type ShownJob = Pick<Job, 'id' | 'status' | 'progress'>;

/** One way of keeping jobs in a page: the product's or a peer's. */
export interface Contender<Told = unknown> {
  /** The frame's changes in the form in which its wire brings them; not timed. */
  told(changes: readonly JobChanged[]): Told;
  /** Takes what one frame brought, all of it: when this returns, views would see it. Timed. */
  take(told: Told): void;
  /** Every job as a view would see it. */
  shown(): readonly ShownJob[];
}
