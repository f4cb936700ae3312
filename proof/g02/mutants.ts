import type { Mutation } from '../../test-processes/program.ts';

/** What the campaign must find when it is in the product: each lacks one of the things that keep secrets. */
export const MUTANTS: Readonly<Record<string, Mutation>> = {
  'joins before it is decided [S3]': {
    file: 'libs/gateway/src/jobs/job-watches.ts',
    find: 'const read = () => this.access.readAll(watcher.session, [jobId]);',
    replace: 'watcher.join(jobRoom(jobId));\n    const read = () => this.access.readAll(watcher.session, [jobId]);',
  },
  'hears of no revocation while it decides [S3]': {
    file: 'libs/gateway/src/jobs/pending-watch.ts',
    find: 'this.disturbed ||= goesBy(this.watcher.session, userId);',
    replace: 'void userId;',
  },
  'evicts nobody [S7]': {
    file: 'libs/gateway/src/jobs/job-feed.ts',
    find: 'else this.takeFrom(userId, jobId);',
    replace: '',
  },
  'lists go by ownership alone [S7]': {
    file: 'libs/gateway/src/jobs/list-rights.ts',
    find: 'if (watcher.hasList) this.withhold(',
    replace: 'if (watcher.id === "") this.withhold(',
  },
  'reads a history after it has asked': {
    file: 'libs/gateway/src/http/jobs.controller.ts',
    find: 'may be in it\n    await this.access.read(session, id);',
    replace: '',
  },
};

/** What the time of refusals has to show. */
export const HASTY: Mutation = {
  file: 'libs/job-engine/src/publishing/even-pace.ts',
  find: 'if (left > 0) await pause(left);',
  replace: '',
};
