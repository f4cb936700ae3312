import type { Mutation } from '../../test-processes/program.ts';

/** A product that lacks one of the things that keep views right, and what is done to nodes so that it is missed soon. */
export interface Mutant {
  readonly mutation: Mutation;
  readonly nodeFaults?: readonly string[];
}

/** What the campaign has to find when it is in the product. */
export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'no latch [R4]': {
    mutation: {
      file: 'libs/job-engine/src/store/job-decision.ts',
      find: "  if (isTerminal(job.status)) return ignored('latched', record);\n  const ahead",
      replace: '  const ahead',
    },
  },
  'no version check [C1]': {
    mutation: {
      file: 'libs/data-access/src/jobs/jobs.reducer.ts',
      find: 'const isNewer = version > (row?.version ?? 0);',
      replace: 'const isNewer = true;',
    },
  },
  'no sync [S5]': {
    mutation: {
      file: 'libs/data-access/src/jobs/job-sync.ts',
      find: 'this.inbox.adopt(...saidBy(answer, declared, before));',
      replace: 'if (answer.epoch !== before.epoch) this.inbox.adopt(...saidBy(answer, declared, before));',
    },
  },
  'no epoch [R7]': {
    mutation: {
      file: 'libs/job-engine/src/store/redis-epoch-script.ts',
      find: 'if kept[1] == ARGV[1] and kept[2] then return kept[2] end',
      replace: 'if kept[2] then return kept[2] end',
    },
    nodeFaults: ['redis-rolled-back'],
  },
  'no repair [F2]': {
    mutation: {
      file: 'libs/gateway/src/jobs/catch-up.ts',
      find: 'begin(those: readonly Watcher[], since: number): void {',
      replace: 'begin(those: readonly Watcher[], since: number): void {\n    if (since >= 0) return;',
    },
    nodeFaults: ['redis-stream-trimmed'],
  },
  'follow from $ [F2]': {
    mutation: {
      file: 'libs/job-engine/src/store/redis-tail.ts',
      find: '`${this.#position}-0`',
      replace: "'$'",
    },
    nodeFaults: ['redis-link-delayed', 'redis-link-cut'],
  },
};
