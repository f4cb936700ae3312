// first: it compiles what Angular's packages leave to the one who links them
import '@angular/compiler';
import { setTimeout as pause } from 'node:timers/promises';
import { answerCalls } from '../../test-processes/calls.ts';
import { tokenOf } from '../rig/token.ts';
import { WatchingPage } from '../rig/watching-page.ts';

/** What became of pages whose tokens last for seconds. */
export interface PagesOutcome {
  readonly pageTokens: number;
  /** They are not live, or not any more since they first were. */
  readonly pagesThatReconnected: number;
}

const pages: { readonly page: WatchingPage; since: number | null }[] = [];
let tokens = 0;

answerCalls({ open, outcome });

async function open({ url, count }: { url: string; count: number }): Promise<void> {
  for (let number = 0; number < count; number++) {
    const token = () => tokenOf(`reader-${number}`, { exp: Math.floor(Date.now() / 1000) + 3 + (++tokens % 2) });
    pages.push({ page: await WatchingPage.open({ url, token }), since: null });
  }
  while (pages.some(({ since }) => since === null)) {
    for (const one of pages) one.since ??= liveSince(one.page);
    await pause(20);
  }
}

function outcome(): PagesOutcome {
  return { pageTokens: tokens, pagesThatReconnected: pages.filter(({ page, since }) => liveSince(page) !== since).length };
}

function liveSince(page: WatchingPage): number | null {
  const state = page.connection();
  return state.phase === 'live' ? state.since : null;
}
