/** How many single jobs one `jobs:sync` may name [S5]; lists are not counted. */
export const MAX_SYNC_JOBS = 200;
