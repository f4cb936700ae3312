import { makeEnvironmentProviders, type EnvironmentProviders, type Provider } from '@angular/core';
import { provideEffects } from '@ngrx/effects';
import { provideState } from '@ngrx/store';
import type { Observable } from 'rxjs';
import { stayConnected } from './connection/connection.effects';
import { CONNECTION_PROVIDERS } from './connection/connection-providers';
import { GATEWAY_ADDRESS, gatewayAddress, type GatewayOptions } from './connection/gateway-address';
import { TOKEN_SOURCE, tokenSourceOf, type TokenSource } from './connection/token-source';
import { harmoniaFeature } from './harmonia.feature';
import { FrameClock } from './jobs/frame-clock';
import { tellConnectionAsGuide, tellFactsAsGuide, tellSnapshotAsGuide } from './jobs/guide-actions.effects';
import { JobChanges } from './jobs/job-changes';
import { JobCommandDesk } from './jobs/inject-job-commands';
import { runCommands } from './jobs/job-commands.effects';
import { JobInbox } from './jobs/job-inbox';
import { JobSync } from './jobs/job-sync';
import { JobWatches } from './jobs/job-watches';
import { announceFacts } from './jobs/jobs.effects';
import { JobsHttp } from './jobs/jobs-http';
import { MessageInbox } from './messages/message-inbox';
import { shareDismissals } from './messages/messages.effects';
import { PresenceTalk } from './presence/presence-talk';
import { PresenceWatches } from './presence/presence-watches';
import { retiring, type RetentionOptions } from './jobs/retention';

/** One part of {@link provideHarmonia}, made by a `with…` function. */
export interface HarmoniaFeature {
  readonly providers: readonly (Provider | EnvironmentProviders)[];
  /** Where in the store Harmonia is, see {@link withFeatureKey}. */
  readonly featureKey?: string;
}

/**
 * Provides the state of the user's jobs, live, under the store's key `harmoniaJobs` unless
 * {@link withFeatureKey} names another. The host provides the store, the
 * effects and, where it wants interceptors, HttpClient. It connects as soon as there is a token; never in server-side
 * rendering.
 *
 * @example
 * providers: [
 *   provideStore(),
 *   provideEffects(),
 *   provideHarmonia(withGateway({ url: 'https://jobs.example.com' }), withToken(() => inject(Session).token())),
 * ]
 */
export function provideHarmonia(...features: readonly HarmoniaFeature[]): EnvironmentProviders {
  const featureKey = features.findLast((feature) => feature.featureKey !== undefined)?.featureKey ?? 'harmoniaJobs';
  return makeEnvironmentProviders([
    provideState(harmoniaFeature(featureKey)),
    provideEffects({ stayConnected, announceFacts, runCommands, shareDismissals }),
    [CONNECTION_PROVIDERS, FrameClock, JobChanges, JobInbox, JobWatches, JobSync, JobsHttp, JobCommandDesk],
    [PresenceWatches, PresenceTalk, MessageInbox],
    features.map(({ providers }) => providers),
  ]);
}

/**
 * Says where the gateway is; without it, at the page's own origin.
 *
 * @example withGateway({ url: 'https://jobs.example.com', namespace: '/jobs' })
 */
export function withGateway(options: GatewayOptions): HarmoniaFeature {
  return { providers: [{ provide: GATEWAY_ADDRESS, useValue: gatewayAddress(options) }] };
}

/**
 * Says where the token comes from: a function, a signal or an observable, asked before every connection and every HTTP
 * request, and when the session ends soon: a newer token takes the place of the one before in the connection that is open [S6]. Null means that nobody is signed in: it disconnects and forgets all jobs. The token itself never enters the store [C8].
 *
 * @example withToken(() => inject(Session).token()) // follows the signal `token`
 */
export function withToken(source: TokenSource | Observable<string | null>): HarmoniaFeature {
  return { providers: [{ provide: TOKEN_SOURCE, useFactory: () => tokenSourceOf(source) }] };
}

/**
 * Names the key of Harmonia's slice in the store, `harmoniaJobs` by default: for hosts that have such a key already, or that
 * want to find it under another in their DevTools. All selectors find the slice under any key; a store has one of it.
 *
 * @example provideHarmonia(withFeatureKey('backgroundJobs'), withToken(…))
 */
export function withFeatureKey(featureKey: string): HarmoniaFeature {
  return { providers: [], featureKey };
}

/**
 * Dispatches the integration guide's own actions beside Harmonia's, so that reducers, effects and components written from
 * the guide go on unchanged, on a slice of their own. Reducers want the present: load your own list again on
 * `realTimeConnectionEstablished`, and they stay in step from there. Notifications want news: take `JobsActions` for those.
 *
 * @example
 * provideHarmonia(withToken(…), withGuideActions());
 * on(GuideActions.jobProgressUpdated, (state, { id, progress }) => adapter.updateOne({ id, changes: { progress } }, state));
 */
export function withGuideActions(): HarmoniaFeature {
  return { providers: [provideEffects({ tellConnectionAsGuide, tellFactsAsGuide, tellSnapshotAsGuide })] };
}

/**
 * Bounds what the store holds. Ended jobs that were not changed for longer than `endedForMs` leave it, and so do the oldest ended
 * ones while there are more than `maxJobs`; a job that has not ended, is watched by `injectJob`, or has a command under way never
 * does. Nobody is told that it was removed, since it was not: it comes back when it is watched, listed over HTTP, or changes.
 * Without this nothing leaves but what the server removes.
 *
 * @param options `maxJobs` 10,000 and no limit of age where they are left out
 * @example provideHarmonia(withToken(…), withRetention({ maxJobs: 2_000, endedForMs: 3_600_000 }))
 */
export function withRetention({ maxJobs = 10_000, endedForMs = Infinity }: RetentionOptions = {}): HarmoniaFeature {
  return { providers: [provideEffects({ retireJobs: retiring({ maxJobs, endedForMs }) })] };
}
