import type { JobSession } from '@harmonia/job-engine';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

const sessions = new WeakMap<object, JobSession>();

/** Beside the request, not in it: `request.user` and `request.session` are the host's. */
export function keepSession(request: object, session: JobSession): void {
  sessions.set(request, session);
}

/**
 * The session of a request to Harmonia's routes, for the guards that a host adds to them: they run after it is known.
 * Undefined for any other request, and for a download by ticket.
 *
 * @example
 * class PayingOnly implements CanActivate {
 *   canActivate(context: ExecutionContext) {
 *     return harmoniaSessionOf(context.switchToHttp().getRequest())?.roles.includes('paying') ?? true;
 *   }
 * }
 */
export function harmoniaSessionOf(request: object): JobSession | undefined {
  return sessions.get(request);
}

/** The session of a request that has passed the session guard. */
export function sessionOf(request: object): JobSession {
  const session = sessions.get(request);
  if (!session) throw new Error('This route has no session: put the session guard before it.');
  return session;
}

/** {@link sessionOf} as a parameter of a route. */
export const RequestSession = createParamDecorator((_: unknown, context: ExecutionContext) =>
  sessionOf(context.switchToHttp().getRequest<object>()),
);
