import type { EnvironmentProviders, Provider, Type } from '@angular/core';
import type { Job } from '@harmonia/contract';

/** One way of showing jobs live: the product's or a peer's. */
export interface Way {
  readonly page: Type<unknown>;
  readonly providers: readonly (Provider | EnvironmentProviders)[];
  /** Every job as the store has it, asked in an injection context. */
  held(): readonly Pick<Job, 'id' | 'status' | 'progress'>[];
}

/** The jobs that are shown: every 200th of 10,000. */
export const SHOWN_IDS: readonly string[] = Array.from({ length: 50 }, (_, at) => `job-${at * 200}`);
