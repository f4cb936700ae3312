import { provideHttpClient } from '@angular/common/http';
import { provideHttpClientTesting } from '@angular/common/http/testing';
import { ApplicationRef, type EnvironmentProviders, type Provider } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideEffects } from '@ngrx/effects';
import { provideStore, Store, type Action } from '@ngrx/store';
import { RealtimeSocket } from './connection/realtime-socket';
import { SocketDouble } from './connection/socket.fixture';
import type { TokenSource } from './connection/token-source';
import { selectHarmonia } from './harmonia.feature';
import { provideHarmonia, withToken, type HarmoniaFeature } from './provide-harmonia';
import { Actions } from '@ngrx/effects';

/** A host application with the real store, whose socket is driven by hand. */
export function aHost(
  token: TokenSource = () => 'token-1',
  providers: readonly (Provider | EnvironmentProviders)[] = [],
  ...features: readonly HarmoniaFeature[]
) {
  const socket = new SocketDouble();
  TestBed.configureTestingModule({
    providers: [
      provideStore(),
      provideEffects(),
      provideHttpClient(),
      provideHttpClientTesting(),
      provideHarmonia(withToken(token), ...features),
      { provide: RealtimeSocket, useValue: socket },
      ...providers,
    ],
  });
  const store = TestBed.inject(Store);
  const state = store.selectSignal(selectHarmonia);
  const actions: Action[] = [];
  TestBed.inject(Actions).subscribe((action) => actions.push(action));
  return {
    socket,
    store,
    actions,
    connection: () => state().connection,
    records: () => state().records,
    commands: () => state().commands,
    presence: () => state().presence,
    messages: () => state().messages,
  };
}

/** Lets effects run, and everything that waits for promises. */
export async function settle(): Promise<void> {
  await TestBed.inject(ApplicationRef).whenStable();
  TestBed.tick();
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
