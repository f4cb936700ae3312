import type { Routes } from '@angular/router';
import { adminGuard, sessionGuard, strangerGuard } from './session/session-guard';

/** The pages of the console, each loaded when it is first shown. */
export const routes: Routes = [
  { path: '', pathMatch: 'full', redirectTo: 'jobs' },
  {
    path: 'sign-in',
    title: 'Sign in',
    canActivate: [strangerGuard],
    loadComponent: () => import('./sign-in/sign-in').then(({ SignIn }) => SignIn),
  },
  {
    path: 'jobs',
    canActivate: [sessionGuard],
    children: [
      { path: '', title: 'Jobs', loadComponent: () => import('@harmonia/feature-job-list').then(({ JobList }) => JobList) },
      { path: ':id', title: 'Job', loadComponent: () => import('@harmonia/feature-job-detail').then(({ JobDetail }) => JobDetail) },
    ],
  },
  {
    path: 'operations',
    title: 'Operations',
    canActivate: [sessionGuard],
    children: [
      {
        path: '',
        canMatch: [adminGuard],
        loadChildren: () => import('@harmonia/feature-operations').then(({ operationsRoutes }) => operationsRoutes),
      },
      { path: '', loadComponent: () => import('./forbidden').then(({ Forbidden }) => Forbidden) },
    ],
  },
  { path: '**', title: 'No such page', loadComponent: () => import('./not-found').then(({ NotFound }) => NotFound) },
];
