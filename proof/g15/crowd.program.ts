// first: it compiles what Angular's packages leave to the one who links them
import '@angular/compiler';
import type { Job } from '@harmonia/contract';
import { isDeepStrictEqual } from 'node:util';
import { answerCalls } from '../../test-processes/calls.ts';
import { tokenOf } from '../rig/token.ts';
import { WatchingPage } from '../rig/watching-page.ts';

/** Pages to be opened, each for the user of its number. */
export interface CrowdOrder {
  readonly url: string;
  readonly users: readonly string[];
}

/** How the crowd stands. */
export interface CrowdState {
  /** For each page that has been live since a moment, how long after it, in ms. */
  readonly liveAfter: readonly number[];
  /** Processor time of this process so far, in ms. */
  readonly cpuMs: number;
}

const pages: { readonly user: string; readonly page: WatchingPage }[] = [];

answerCalls({ open, state, wrong });

async function open({ url, users }: CrowdOrder): Promise<void> {
  for (const user of users) pages.push({ user, page: await WatchingPage.open({ url, token: tokenOf(user) }) });
}

function state(moment: number): CrowdState {
  const states = pages.map(({ page }) => page.connection());
  const { user, system } = process.cpuUsage();
  return {
    liveAfter: states.flatMap((one) => (one.phase === 'live' && one.since >= moment ? [one.since - moment] : [])),
    cpuMs: (user + system) / 1000,
  };
}

/** How many jobs are not shown as they are, on all pages together. */
function wrong(jobsOf: ReadonlyMap<string, readonly Job[]>): number {
  return pages.flatMap(({ user, page }) => (jobsOf.get(user) ?? []).filter((job) => !isDeepStrictEqual(page.shows(job.id), job))).length;
}
