/** What one node says of a user who is connected to it. */
export interface NodeUser {
  /** None: the last one closed a moment ago. */
  readonly connections: number;
  /** When the first of them opened, ms since 1970. */
  readonly since: number;
  readonly name?: string;
}

/** What one node says of a user who watches a job there. */
export type NodeViewer = Omit<NodeUser, 'connections'>;

/** Everything that one node says. */
export interface NodePresence {
  readonly users: Map<string, NodeUser>;
  readonly viewers: Map<string, Map<string, NodeViewer>>;
}

/** Told of what is different for everybody, not of every word of a node. */
export interface RosterListener {
  /** This user came online, or went. */
  userChanged(userId: string): void;
  /** Others watch this job now, or one does since another time. */
  viewersChanged(jobId: string): void;
}

/** Who is there on all nodes together [P1]: several connections, and several nodes, are one user. */
export class Roster {
  private readonly nodes = new Map<string, NodePresence>();
  private readonly listeners = new Set<RosterListener>();
  private online = 0;

  listen(listener: RosterListener): void {
    this.listeners.add(listener);
  }

  /** How many users are online. */
  get count(): number {
    return this.online;
  }

  /** What the nodes say, each by its id. */
  get said(): ReadonlyMap<string, NodePresence> {
    return this.nodes;
  }

  isOnline(userId: string): boolean {
    for (const { users } of this.nodes.values()) if (users.has(userId)) return true;
    return false;
  }

  /** Null when the user is not online. */
  user(userId: string): NodeUser | null {
    let found: NodeUser | null = null;
    for (const { users } of this.nodes.values()) {
      const user = users.get(userId);
      if (user) found = found ? { ...earlier(found, user), connections: found.connections + user.connections } : user;
    }
    return found;
  }

  /** Everybody who is online, each once. */
  *userIds(): Generator<string> {
    const [first, ...others] = this.nodes.values();
    if (others.length === 0) return yield* first?.users.keys() ?? [];
    yield* new Set([...this.nodes.values()].flatMap(({ users }) => [...users.keys()]));
  }

  /** Who watches a job, those who have for longest first. */
  viewersOf(jobId: string): readonly (readonly [userId: string, NodeViewer])[] {
    const all = new Map<string, NodeViewer>();
    for (const { viewers } of this.nodes.values()) {
      viewers.get(jobId)?.forEach((viewer, userId) => {
        const known = all.get(userId);
        all.set(userId, known ? earlier(known, viewer) : viewer);
      });
    }
    return [...all].sort(([, one], [, other]) => one.since - other.since);
  }

  /** @param user null: not connected to this node any more */
  setUser(node: string, userId: string, user: NodeUser | null): void {
    const wasOnline = this.isOnline(userId);
    const { users } = this.of(node);
    if (user) users.set(userId, user);
    else users.delete(userId);
    const isOnline = user !== null || this.isOnline(userId);
    if (isOnline === wasOnline) return;
    this.online += isOnline ? 1 : -1;
    this.listeners.forEach((listener) => listener.userChanged(userId));
  }

  /** @param viewer null: does not watch the job on this node any more */
  setViewer(node: string, jobId: string, userId: string, viewer: NodeViewer | null): void {
    const { viewers } = this.of(node);
    const ofJob = viewers.get(jobId) ?? new Map<string, NodeViewer>();
    const isNews = ofJob.get(userId)?.since !== viewer?.since;
    if (viewer) viewers.set(jobId, ofJob.set(userId, viewer));
    else ofJob.delete(userId);
    if (ofJob.size === 0) viewers.delete(jobId);
    if (isNews) this.listeners.forEach((listener) => listener.viewersChanged(jobId));
  }

  /** This is all that the node says, whatever it said before. */
  replace(node: string, { users, viewers }: NodePresence): void {
    const before = this.of(node);
    for (const userId of before.users.keys()) if (!users.has(userId)) this.setUser(node, userId, null);
    for (const [jobId, ofJob] of before.viewers) {
      for (const userId of ofJob.keys()) if (!viewers.get(jobId)?.has(userId)) this.setViewer(node, jobId, userId, null);
    }
    users.forEach((user, userId) => this.setUser(node, userId, user));
    viewers.forEach((ofJob, jobId) => ofJob.forEach((viewer, userId) => this.setViewer(node, jobId, userId, viewer)));
  }

  /** The node is gone, and everybody who was there alone. */
  forget(node: string): void {
    this.replace(node, { users: new Map(), viewers: new Map() });
    this.nodes.delete(node);
  }

  /** What one node says. */
  of(node: string): NodePresence {
    const known = this.nodes.get(node) ?? { users: new Map(), viewers: new Map() };
    this.nodes.set(node, known);
    return known;
  }
}

const earlier = <One extends NodeViewer>(one: One, other: One): One => (one.since <= other.since ? one : other);
