import type { Job } from '@harmonia/contract';
import { EXTERNAL_JOB_TYPE } from './external-job-type.js';
import type { JobSession } from './job-session.js';

/** What a session may want to do with a job. */
export type JobOperation = 'read' | 'cancel' | 'retry' | 'remove' | 'report';

/**
 * Who may do what with a job: asked at every door, for every job, every time. Extend it with the rules of your
 * application; an answer that is not `true`, and an error, both mean no.
 *
 * @example
 * class TeamPolicy extends JobAccessPolicy {
 *   allows(session: JobSession, operation: JobOperation, job: Job) {
 *     return operation === 'read' ? job.tags.includes(`team:${session.userId}`) : job.userId === session.userId;
 *   }
 * }
 */
export abstract class JobAccessPolicy {
  /** Whether the session may do this with the job now. It is asked often, so it answers from what is at hand where it can. */
  abstract allows(session: JobSession, operation: JobOperation, job: Job): boolean | Promise<boolean>;

  /**
   * Whether it may keep an owner from a job of their own, or an admin from any. Then it is also asked before a list tells of a
   * job; `false` spares that. Default `true`.
   */
  get narrowsLists(): boolean {
    return true;
  }
}

/**
 * The default: owners and admins may read, cancel, retry and remove; the scope `jobs:report` may report for external jobs.
 *
 * @example
 * class WithSupport extends OwnerOrAdminPolicy {
 *   override allows(session: JobSession, operation: JobOperation, job: Job) {
 *     return (operation === 'read' && session.roles.includes('support')) || super.allows(session, operation, job);
 *   }
 * }
 */
export class OwnerOrAdminPolicy extends JobAccessPolicy {
  override allows(session: JobSession, operation: JobOperation, job: Job): boolean {
    if (operation === 'report') return session.scopes.includes('jobs:report') && job.jobType === EXTERNAL_JOB_TYPE;
    return job.userId === session.userId || session.roles.includes('admin');
  }

  /** What extends it may well. */
  override get narrowsLists(): boolean {
    return this.constructor !== OwnerOrAdminPolicy;
  }
}
