import type { Job } from '@harmonia/contract';
import type { EventOfJob } from './wire-events.js';

/** Everybody's jobs, for admins. */
export const ADMIN_ROOM = 'admin:jobs';

/** One job. A job id is safe in a room name as it is [R8]. */
export const jobRoom = (jobId: string): string => `job:${jobId}`;

/** The job whose room this is; null when it is another kind of room. */
export const jobOfRoom = (room: string): string | null => (room.startsWith('job:') ? room.slice('job:'.length) : null);

/** One user's jobs. A user id may hold anything that prints, so it is encoded [R8]. */
export const userRoom = (userId: string): string => `user:${encodeURIComponent(userId)}:jobs`;

/** Those in a room who get single events of everything, since they do not know frames [E3]. */
export const plainRoom = (room: string): string => `plain ${room}`;

/** Those who get the frames of a list [E4]: each socket is in one of these rooms at most, the one that holds the other. */
export const frameRoom = (list: string): string => `frames ${list}`;

/** As {@link frameRoom}, for those who can inflate what is deflated. */
export const deflatedRoom = (list: string): string => `deflated ${list}`;

/** Those who only have the token of a shared job [A3]. */
export const GUEST_ROOM = 'guests';

/** Where a socket that does not keep up waits in place of a room [L2]: it is told nothing, and what happens is kept for it. */
export const slowRoom = (room: string): string => `${SLOW}${room}`;

/** The room itself, of one that somebody waits in place of. */
export const roomMeant = (room: string): string => (room.startsWith(SLOW) ? room.slice(SLOW.length) : room);

const SLOW = 'slow ';

/** Whether a room is one of those that `jobs:sync` declares [S5]; any other is the host's. */
export const isWatchRoom = (room: string): boolean => room.startsWith('job:') || room === ADMIN_ROOM || /^user:[^:]*:jobs$/.test(room);

/** The rooms that an event goes to [E2]. */
export const roomsOf = (event: EventOfJob): string[] => watchRoomsOf(event.kind === 'removed' ? event : event.job);

/** The rooms in which a job is watched. */
export const watchRoomsOf = ({ id, userId }: Pick<Job, 'id' | 'userId'>): string[] => [jobRoom(id), userRoom(userId), ADMIN_ROOM];
