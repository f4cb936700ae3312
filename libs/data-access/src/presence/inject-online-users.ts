import { assertInInjectionContext, computed, DestroyRef, inject, type Signal } from '@angular/core';
import type { OnlineUser, Refusal } from '@harmonia/contract';
import { Store } from '@ngrx/store';
import { selectPresence } from '../harmonia.feature';
import { selectOnlineCount, selectOnlineUsers } from './presence.selectors';
import { PresenceWatches } from './presence-watches';

/** Everybody who is online, as a view sees them. */
export interface OnlineUsersRef {
  /** Those who were there at first, at most 1,000, and then whoever comes. Empty until told, and without a connection. */
  readonly users: Signal<readonly OnlineUser[]>;
  /** All of them. */
  readonly count: Signal<number>;
  /** False until it was told once: before that, nobody says nothing. */
  readonly loaded: Signal<boolean>;
  /** Why this session is not told: it needs the role `admin`, or what the host's policy says. */
  readonly refusal: Signal<Refusal | null>;
}

/**
 * Shows who is online on any node, for as long as the injection context lives [P3]; for admins, unless the host's policy
 * says otherwise.
 *
 * @throws when called outside an injection context
 * @example readonly online = injectOnlineUsers(); // online.count()
 */
export function injectOnlineUsers(): OnlineUsersRef {
  assertInInjectionContext(injectOnlineUsers);
  const store = inject(Store);
  inject(DestroyRef).onDestroy(inject(PresenceWatches).watchEverybody());
  const presence = store.selectSignal(selectPresence);
  return {
    users: store.selectSignal(selectOnlineUsers),
    count: store.selectSignal(selectOnlineCount),
    loaded: computed(() => presence().online !== null),
    refusal: computed(() => presence().refusal),
  };
}
