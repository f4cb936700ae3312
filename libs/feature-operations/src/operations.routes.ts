import type { Routes } from '@angular/router';
import { provideOperations } from '@harmonia/data-access/operations';
import { Operations } from './operations';

/**
 * The operations page with the state that it alone needs. The gateway answers administrators only; whoever guards the route
 * spares the others a page without anything on it.
 *
 * @example { path: 'operations', loadChildren: () => import('@harmonia/feature-operations').then((feature) => feature.operationsRoutes) }
 */
export const operationsRoutes: Routes = [{ path: '', providers: [provideOperations()], component: Operations }];
