import type { JobViewer, OnlineUser } from '@harmonia/contract';
import { createSelector, type MemoizedSelector } from '@ngrx/store';
import { selectPresence } from '../harmonia.feature';
import { remembered } from '../jobs/remembered';

const NOBODY: readonly OnlineUser[] = [];

const selectJobPresence = remembered((id) => createSelector(selectPresence, ({ jobs }) => jobs[id]));

/**
 * Who watches a job now, those first who have for longest, at most 50 [P2]; this session is among them. Empty unless a view asks,
 * see `injectJobViewers`, and while there is no connection.
 *
 * @example readonly viewers = inject(Store).selectSignal(selectViewersOf('job-1'));
 */
export const selectViewersOf: (id: string) => MemoizedSelector<object, readonly JobViewer[]> = remembered((id) =>
  createSelector(selectJobPresence(id), (told) => told?.viewers ?? NOBODY),
);

/**
 * How many watch a job now, those too who are not named.
 *
 * @example readonly count = inject(Store).selectSignal(selectViewerCount('job-1'));
 */
export const selectViewerCount: (id: string) => MemoizedSelector<object, number> = remembered((id) =>
  createSelector(selectJobPresence(id), (told) => told?.count ?? 0),
);

/**
 * Who is online, for whom the policy shows everybody [P3]. Empty unless a view asks, see `injectOnlineUsers`.
 *
 * @example readonly users = inject(Store).selectSignal(selectOnlineUsers);
 */
export const selectOnlineUsers: MemoizedSelector<object, readonly OnlineUser[]> = createSelector(
  selectPresence,
  ({ online }) => online?.users ?? NOBODY,
);

/**
 * How many are online, those too who are not named.
 *
 * @example readonly count = inject(Store).selectSignal(selectOnlineCount);
 */
export const selectOnlineCount: MemoizedSelector<object, number> = createSelector(selectPresence, ({ online }) => online?.count ?? 0);

const selectOnlineIds = createSelector(selectPresence, ({ jobs, online }) => {
  const seen = [...Object.values(jobs).flatMap(({ viewers }) => viewers), ...(online?.users ?? NOBODY)];
  return new Set(seen.map(({ userId }) => userId));
});

/**
 * Whether somebody is seen to be online: among everybody, or among those who watch a job with us. False says only that they
 * are not seen.
 *
 * @example readonly isThere = inject(Store).selectSignal(selectIsOnline('grace'));
 */
export const selectIsOnline: (userId: string) => MemoizedSelector<object, boolean> = remembered((userId) =>
  createSelector(selectOnlineIds, (ids) => ids.has(userId)),
);
