import type { Job } from '@harmonia/contract';
import { ConnectionActions, JobsActions, provideHarmonia, selectJobById, ɵnewsOf, type JobNews } from '@harmonia/data-access';
import type { JobEvent } from '@harmonia/job-engine';
import { provideEffects } from '@ngrx/effects';
import { provideStore, Store } from '@ngrx/store';
import { page } from '../rig/page.ts';
import type { Random } from '../rig/random.ts';

const EPOCH = 'epoch-of-the-client';

/** What a page of the client shows when it has heard of every event, in some order: the state behind `injectJob`, without a gateway. */
export class ClientView {
  private readonly store: Store;

  private constructor(store: Store) {
    this.store = store;
  }

  static async open(): Promise<ClientView> {
    const { injector } = await page([provideStore(), provideEffects(), provideHarmonia()]);
    return new ClientView(injector.get(Store));
  }

  /** Begins anew and hears these events, cut into frames, some twice and some late, as the network has it. */
  hear(events: readonly JobEvent[], network: Random): void {
    this.store.dispatch(ConnectionActions.signedOut());
    this.take({ epoch: EPOCH, jobs: [], removed: [] }, true);
    for (const news of disturbed(events.flatMap(newsIn), network)) this.take(news, false);
  }

  /** The job as it is shown; null when it is not. */
  shows(id: string): Job | null {
    return this.store.selectSignal(selectJobById(id))();
  }

  private take(news: JobNews, isFirst: boolean): void {
    const sync = isFirst ? { named: [], introduced: [], userList: null } : null;
    this.store.dispatch(JobsActions.jobsReceived({ ...news, sync }));
  }
}

/** As the gateway tells of it and the client reads it [E1]: the body only where this change altered it. */
function newsIn(event: JobEvent): JobNews[] {
  if (event.kind === 'revoked') return [];
  if (event.kind === 'removed') return [ɵnewsOf('job:removed', { epoch: EPOCH, id: event.id, version: event.version })];
  const { job } = event;
  if (event.kind === 'created') return [ɵnewsOf('job:created', { epoch: EPOCH, job })];
  if (event.kind === 'completed') return [ɵnewsOf('job:completed', { epoch: EPOCH, job })];
  const { title, tags, input, result, ...state } = job;
  return [ɵnewsOf('job:status', { epoch: EPOCH, ...state, ...(job.version === job.bodyVersion && { title, tags, input, result }) })];
}

/** One in eight comes a little late, one in eight twice. */
function disturbed(news: readonly JobNews[], network: Random): JobNews[] {
  const due = news.flatMap((one, at) => {
    const times = network.next() < 1 / 8 ? 2 : 1;
    return Array.from({ length: times }, () => ({ one, at: network.next() < 1 / 8 ? at + network.between(1, 6) : at }));
  });
  return due.sort((a, b) => a.at - b.at).map(({ one }) => one);
}
