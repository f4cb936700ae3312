import { inject } from '@angular/core';
import { RedirectCommand, Router, type CanActivateFn } from '@angular/router';
import { Session } from './session';

/** Lets only signed-in users through; others sign in first, and come back to where they wanted to go. */
export const sessionGuard: CanActivateFn = async (_, { url }) => {
  const session = inject(Session);
  const router = inject(Router);
  return (await session.resume()) || new RedirectCommand(router.createUrlTree(['/sign-in'], { queryParams: { to: url } }));
};
