import { assertInInjectionContext, inject, type Signal } from '@angular/core';
import { Store } from '@ngrx/store';
import { harmoniaFeature } from '../harmonia.feature';
import type { ConnectionState } from './connection-state';
import { HarmoniaConnection } from './harmonia-connection';

/** The connection as a view sees it. */
export interface ConnectionRef {
  readonly state: Signal<ConnectionState>;
  /** Tries again now, without waiting for the next attempt; after a refusal, once more. */
  retry(): void;
}

/**
 * How things stand with the gateway [C6].
 *
 * @throws when called outside an injection context
 * @example readonly connection = injectConnection(); // connection.state().phase === 'live'
 */
export function injectConnection(): ConnectionRef {
  assertInInjectionContext(injectConnection);
  const connection = inject(HarmoniaConnection);
  return { state: inject(Store).selectSignal(harmoniaFeature.selectConnection), retry: () => connection.retry() };
}
