import type { Mutation } from '../../test-processes/program.ts';

/** What the campaign must find when it is in the product. */
export const MUTANTS: Readonly<Record<string, Mutation>> = {
  'Redis does not compare revisions': {
    file: 'libs/job-engine/src/store/redis-commit-script.ts',
    find: 'if #answer > 1 then return answer end',
    replace: '',
  },
  'the client takes what is not newer [C1]': {
    file: 'libs/data-access/src/jobs/jobs.reducer.ts',
    find: 'const isNewer = version > (row?.version ?? 0);',
    replace: 'const isNewer = true;',
  },
  'the client forgets removals [C2]': {
    file: 'libs/data-access/src/jobs/jobs.reducer.ts',
    find: 'tombstone === undefined || version > tombstone ||',
    replace: 'true ||',
  },
  'the client takes older bodies [C1]': {
    file: 'libs/data-access/src/jobs/jobs.reducer.ts',
    find: 'const newBody = body && body.bodyVersion > known.bodyVersion ? body : null;',
    replace: 'const newBody = body;',
  },
};
