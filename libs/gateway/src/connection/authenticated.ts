import type { Authenticated } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';

/** What a client is told of its own session, first of all [E5]. */
export function authenticatedOf({ userId, roles, expiresAt, profile }: JobSession, epoch: string): Authenticated {
  return { user: { id: userId, ...profile, roles: [...roles] }, epoch, expiresAt: expiresAt?.toISOString() ?? null };
}
