import { assertInInjectionContext, computed, inject, type Signal } from '@angular/core';
import { Store } from '@ngrx/store';
import { selectConnection } from '../harmonia.feature';
import type { ConnectionState } from './connection-state';
import { explain } from './explain';
import { HarmoniaConnection } from './harmonia-connection';
import { RetryClock } from './retry-clock';
import { refusalError } from './understood';

/** Why there is no connection, in words for people. */
export interface ConnectionTrouble {
  /** `lost` heals by itself, `refused` does not. */
  readonly phase: 'lost' | 'refused';
  readonly reason: string;
}

/** The connection as a view sees it. */
export interface ConnectionRef {
  readonly state: Signal<ConnectionState>;
  /** Set while the connection is lost or refused, also during the attempts to get it back; gone once the server is reached. */
  readonly trouble: Signal<ConnectionTrouble | null>;
  /** Whole seconds until the next try; null while none is waited for. Counted by a clock, not kept in the store. */
  readonly retryIn: Signal<number | null>;
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
  const state = inject(Store).selectSignal(selectConnection);
  return { state, trouble: computed(() => troubleIn(state())), retryIn: inject(RetryClock).seconds, retry: () => connection.retry() };
}

function troubleIn(state: ConnectionState): ConnectionTrouble | null {
  if (state.phase === 'refused') return { phase: 'refused', reason: explain(refusalError(state.refusal)) };
  if (state.phase === 'lost') return { phase: 'lost', reason: state.message };
  return state.phase === 'connecting' && state.lastProblem !== null ? { phase: 'lost', reason: state.lastProblem } : null;
}
