import { makeEnvironmentProviders, type EnvironmentProviders } from '@angular/core';

/** Provides the state of the jobs a gateway tells about. */
export function provideHarmonia(): EnvironmentProviders {
  return makeEnvironmentProviders([]);
}
