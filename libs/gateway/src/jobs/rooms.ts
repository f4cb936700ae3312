import type { EventOfJob } from './wire-events.js';

/** Everybody's jobs, for admins. */
export const ADMIN_ROOM = 'admin:jobs';

/** One job. A job id is safe in a room name as it is [R8]. */
export const jobRoom = (jobId: string): string => `job:${jobId}`;

/** One user's jobs. A user id may hold anything that prints, so it is encoded [R8]. */
export const userRoom = (userId: string): string => `user:${encodeURIComponent(userId)}:jobs`;

/** Whether a room is one of those that `jobs:sync` declares [S5]; any other is the host's. */
export const isWatchRoom = (room: string): boolean => room.startsWith('job:') || room === ADMIN_ROOM || /^user:[^:]*:jobs$/.test(room);

/** The rooms that an event goes to [E2]. */
export function roomsOf(event: EventOfJob): string[] {
  const { id, userId } = event.kind === 'removed' ? event : event.job;
  return [jobRoom(id), userRoom(userId), ADMIN_ROOM];
}
