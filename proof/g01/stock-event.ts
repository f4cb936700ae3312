import type { Job } from '@harmonia/contract';

/** What happened to a job, as the worker hands it to a gateway. */
export type Told =
  { readonly kind: string; readonly job: Job } | { readonly kind: 'removed'; readonly id: string; readonly userId: string };
