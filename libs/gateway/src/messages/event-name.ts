import { RefusalError } from '@harmonia/contract';

/** What the protocol and Socket.IO mean something by. */
const TAKEN = new Set([
  ...['authenticated', 'exception', 'notification', 'announcement'],
  ...['connect', 'connect_error', 'disconnect', 'disconnecting', 'error', 'newListener', 'removeListener'],
]);

const FAMILIES = /^(?:job|jobs|session|presence|user):/;

/** Whether an application may tell its own events by this name [M1]. */
export const isOwnEvent = (name: string): boolean => /^[A-Za-z0-9][\w:.-]{0,63}$/.test(name) && !TAKEN.has(name) && !FAMILIES.test(name);

/** @throws RefusalError `payload-invalid` when a client could take the event for one of the protocol. */
export function refuseTakenEvent(name: string): void {
  if (isOwnEvent(name)) return;
  throw new RefusalError(
    'payload-invalid',
    'event: A name has 1–64 letters, digits, ":", "_", "." or "-", and is none that the protocol uses, as all that begin with "job:", "jobs:", "session:", "presence:" or "user:".',
  );
}
