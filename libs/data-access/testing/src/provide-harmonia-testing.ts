import { inject, makeEnvironmentProviders, type EnvironmentProviders } from '@angular/core';
import { provideHarmonia, withToken, ɵFrameClock, ɵRealtimeSocket, type HarmoniaFeature } from '@harmonia/data-access';
import { GatewayDouble } from './gateway-double';

/**
 * `provideHarmonia` for tests: the real state, driven through a {@link GatewayDouble}. Ada is signed in; give a `withToken` of
 * your own to test signing in and out. The store and the effects are the host's, as in the app.
 *
 * @example TestBed.configureTestingModule({ providers: [provideStore(), provideEffects(), provideHarmoniaTesting()] });
 */
export function provideHarmoniaTesting(...features: readonly HarmoniaFeature[]): EnvironmentProviders {
  return makeEnvironmentProviders([
    provideHarmonia(
      withToken(() => 'a token of Ada’s'),
      ...features,
    ),
    GatewayDouble,
    { provide: ɵRealtimeSocket, useFactory: () => inject(GatewayDouble).ɵsocket },
    { provide: ɵFrameClock, useFactory: () => inject(GatewayDouble).ɵframes },
  ]);
}
