import { inject } from '@angular/core';
import { RedirectCommand, Router, type CanActivateFn, type CanMatchFn } from '@angular/router';
import { Session } from './session';

/** Lets only signed-in users through; others sign in first, and come back to where they wanted to go. */
export const sessionGuard: CanActivateFn = (_, { url }) =>
  inject(Session).user() !== null || new RedirectCommand(inject(Router).createUrlTree(['/sign-in'], { queryParams: { to: url } }));

/** The sign-in is for those who are not signed in. */
export const strangerGuard: CanActivateFn = () => inject(Session).user() === null || new RedirectCommand(inject(Router).parseUrl('/jobs'));

/** What is for administrators is another page to everybody else. The server refuses them anyway: this only spares the way. */
export const adminGuard: CanMatchFn = () => inject(Session).isAdmin();
