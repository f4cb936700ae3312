import type { JobViewer } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';

/**
 * Who may see whom [P3]. It is asked in the very moment in which something is told, so it answers at once: from the session,
 * or from what the application has at hand. What throws means no.
 *
 * @example
 * class TeamPresence extends PresencePolicy {
 *   viewers(session: JobSession, jobId: string, viewers: readonly JobViewer[]) {
 *     return viewers.filter(({ userId }) => this.teams.areTogether(session.userId, userId));
 *   }
 *   seesEverybody = ({ roles }: JobSession) => roles.includes('support');
 * }
 */
export abstract class PresencePolicy {
  /**
   * Those of the viewers of a job whom this session may see, which watches the job itself; the very same list for all of
   * them, which is then written once for everybody.
   */
  abstract viewers(session: JobSession, jobId: string, viewers: readonly JobViewer[]): readonly JobViewer[];
  /** Whether this session may know everybody who is online. */
  abstract seesEverybody(session: JobSession): boolean;
}

/**
 * The default: those who watch the same job see each other, and the role `admin` sees everybody.
 *
 * @example
 * class WithSupport extends SharedJobPresencePolicy {
 *   override seesEverybody = ({ roles }: JobSession) => roles.includes('admin') || roles.includes('support');
 * }
 */
export class SharedJobPresencePolicy extends PresencePolicy {
  override viewers(_: JobSession, __: string, viewers: readonly JobViewer[]): readonly JobViewer[] {
    return viewers;
  }

  override seesEverybody({ roles }: JobSession): boolean {
    return roles.includes('admin');
  }
}
