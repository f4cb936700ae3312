import type { OnlineUser } from '@harmonia/contract';
import type { NodeViewer } from './roster.js';

/** Somebody as others are told of them. */
export function onlineUser(userId: string, { since, name }: NodeViewer): OnlineUser {
  const at = new Date(since).toISOString();
  return name === undefined ? { userId, since: at } : { userId, name, since: at };
}
