import type { JobSession } from '@harmonia/job-engine';

/** How long a session lasts, what it is called, and what others are shown of its user, is no right. */
const NO_RIGHTS: ReadonlySet<string> = new Set<keyof JobSession>(['expiresAt', 'profile', 'sessionId', 'issuedAt']);

/**
 * What a session may, as a text: two that may the same have the same. Whatever a session says that is not known here counts
 * as a right, so that it is asked anew when in doubt.
 */
export function rightsOf(session: JobSession): string {
  const rights = Object.entries(session).filter(([name, value]) => value !== undefined && !NO_RIGHTS.has(name));
  const inOrder = (value: unknown): unknown => (Array.isArray(value) ? value.map(String).sort() : value);
  return JSON.stringify(
    rights.map(([name, value]) => [name, inOrder(value)]).sort(([one], [other]) => (String(one) < String(other) ? -1 : 1)),
  );
}
