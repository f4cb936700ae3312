import { RefusalError, type Authenticated, type JobViewersSnapshot, type OnlineUser, type OnlineUsersSnapshot } from '@harmonia/contract';
import type { ɵSocketMessage } from '@harmonia/data-access';

/** What people are of, and how the client hears of them. */
interface Surroundings {
  readonly session: () => Authenticated;
  readonly isReadable: (jobId: string) => boolean;
  readonly tell: (message: ɵSocketMessage) => void;
}

/** The people of a gateway double, and what it says of them [P2, P3]. */
export class KnownPeople {
  private readonly watching = new Map<string, readonly OnlineUser[]>();
  private readonly asked = new Set<string>();
  private others: readonly OnlineUser[] = [];
  private isAskedForAll = false;

  constructor(private readonly around: Surroundings) {}

  watch(jobId: string, others: readonly (string | OnlineUser)[]): void {
    this.watching.set(jobId, others.map(asUser));
    if (this.asked.has(jobId)) this.around.tell({ kind: 'viewers', viewers: this.viewersOf(jobId) });
  }

  come(others: readonly (string | OnlineUser)[]): void {
    const before = this.others;
    this.others = others.map(asUser);
    const isOther = (users: readonly OnlineUser[]) => (user: OnlineUser) => !users.some(({ userId }) => userId === user.userId);
    const offline = before.filter(isOther(this.others)).map(({ userId }) => userId);
    const frame = { at: new Date().toISOString(), online: this.others.filter(isOther(before)), offline, count: this.online().length };
    if (this.isAskedForAll) this.around.tell({ kind: 'online', frame });
  }

  enter(jobId: string): JobViewersSnapshot | RefusalError {
    if (!this.around.isReadable(jobId)) return new RefusalError('job-not-found');
    this.asked.add(jobId);
    return { epoch: this.around.session().epoch, ...this.viewersOf(jobId) };
  }

  leave(jobId: string): void {
    this.asked.delete(jobId);
  }

  enterAll(): OnlineUsersSnapshot | RefusalError {
    const { user, epoch } = this.around.session();
    if (!user.roles.includes('admin')) return new RefusalError('forbidden');
    this.isAskedForAll = true;
    return { epoch, users: this.online(), count: this.online().length };
  }

  leaveAll(): void {
    this.isAskedForAll = false;
  }

  /** A new connection has asked for nothing yet. */
  forget(): void {
    this.asked.clear();
    this.isAskedForAll = false;
  }

  private viewersOf(jobId: string) {
    const viewers = [asUser(this.around.session().user.id), ...(this.watching.get(jobId) ?? [])];
    return { jobId, viewers, count: viewers.length };
  }

  private online(): readonly OnlineUser[] {
    return [asUser(this.around.session().user.id), ...this.others];
  }
}

const asUser = (user: string | OnlineUser): OnlineUser =>
  typeof user === 'string' ? { userId: user, since: new Date().toISOString() } : user;
