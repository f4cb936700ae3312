import { makeEnvironmentProviders, type EnvironmentProviders } from '@angular/core';
import { provideEffects } from '@ngrx/effects';
import { provideState } from '@ngrx/store';
import { pollOperations } from './operations.effects';
import { OperationsHttp } from './operations-http';
import { operationsFeature } from './operations.reducer';

/**
 * Provides the state of an operations page, under the store's key `harmoniaOperations`, beside `provideHarmonia()`. Give it
 * to the route of that page: then it is loaded with the page and not before.
 *
 * @example { path: 'operations', providers: [provideOperations()], component: Operations }
 */
export function provideOperations(): EnvironmentProviders {
  return makeEnvironmentProviders([OperationsHttp, provideState(operationsFeature), provideEffects({ pollOperations })]);
}
