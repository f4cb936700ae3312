import type { Job, Refusal, RefusalCode, Verb } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import type { HarmoniaSocket } from '../connection/harmonia-socket.js';
import { cutOffSoon } from '../limits/raw-connection.js';
import type { KeptJobs } from './kept-jobs.js';
import { ADMIN_ROOM, deflatedRoom, frameRoom, isWatchRoom, jobOfRoom, plainRoom, roomMeant, slowRoom, userRoom } from './rooms.js';
import type { FrameEvent, WireEvent } from './wire-events.js';

/** For so long a client that is being closed may read what it was sent. */
const PATIENCE_MS = 1000;

/** A connected socket, as the rules of watching see it. */
export class Watcher {
  /**
   * Rooms that the server has taken this socket out of until it is asked anew whether it may be there. Whatever the client
   * says of such a room meanwhile settles it.
   */
  readonly suspended = new Set<string>();
  /** Jobs of which its lists must not tell it, and whether they did before; changed by `Withheld` alone. */
  readonly withheld = new Map<string, { readonly wasTold: boolean }>();
  /** Jobs that a policy which narrows lists has permitted, as far as it is remembered. */
  readonly permitted = new Set<string>();
  /** What is kept for it while it does not keep up [L2]; null while it does. */
  private keeping: KeptJobs | null = null;
  private turn = Promise.resolve();
  /** The list whose frames it gets; everybody's jobs hold its own [E2]. */
  private list: string | null = null;

  constructor(private readonly socket: HarmoniaSocket) {}

  get id(): string {
    return this.socket.id;
  }

  /** What it brought to say who it is. */
  get handshake(): HarmoniaSocket['handshake'] {
    return this.socket.handshake;
  }

  get session(): JobSession {
    return this.socket.data.session;
  }

  /** [S6] From now on it is this session, and this is the token that it brought. */
  renew(session: JobSession, token: string): void {
    this.socket.data.session = session;
    this.socket.handshake.auth['token'] = token;
  }

  get isPlain(): boolean {
    return this.socket.data.isPlain;
  }

  get inflates(): boolean {
    return this.socket.data.inflates;
  }

  /** What happened while it does not keep up, to be told when it does again [L2]; null for all others. */
  get kept(): KeptJobs | null {
    return this.keeping;
  }

  get isConnected(): boolean {
    return this.socket.connected;
  }

  /** Begins the work, which answers for its own errors, once what came before is done; a closed connection's is dropped. */
  inTurn(work: () => Promise<void>): void {
    this.turn = this.turn.then(() => (this.isConnected ? work() : undefined));
  }

  isIn(room: string): boolean {
    return this.socket.rooms.has(this.keeping ? slowRoom(room) : room);
  }

  get rooms(): readonly string[] {
    return [...this.socket.rooms].map(roomMeant);
  }

  // in this process rooms are joined and left at once; only adapters between nodes have something to wait for
  join(room: string): void {
    if (this.keeping) return void this.socket.join(slowRoom(room));
    void this.socket.join(this.isPlain ? [room, plainRoom(room)] : room);
    this.takeList();
  }

  leave(room: string): void {
    if (this.keeping) return void this.socket.leave(slowRoom(room));
    void this.socket.leave(room);
    if (this.isPlain) void this.socket.leave(plainRoom(room));
    this.takeList();
  }

  /** [S7] Out of a room, until it is asked anew; of a list, about each of its jobs. */
  suspend(room: string): void {
    this.leave(room);
    this.suspended.add(room);
    if (jobOfRoom(room) === null) this.permitted.clear();
  }

  /** Whether it watches a list of jobs. */
  get hasList(): boolean {
    return this.isIn(ADMIN_ROOM) || this.isIn(userRoom(this.session.userId));
  }

  /** Whether one of its lists holds the jobs of this user [E2]. */
  lists(userId: string): boolean {
    return this.isIn(ADMIN_ROOM) || (userId === this.session.userId && this.isIn(userRoom(userId)));
  }

  /** [L2] From now on the rooms it watches do not reach it, and what happens in them is kept here; null: they reach it again. */
  keep(kept: KeptJobs | null): void {
    const watched = this.rooms.filter(isWatchRoom);
    watched.forEach((room) => this.leave(room));
    this.keeping = kept;
    watched.forEach((room) => this.join(room));
  }

  /** Whether the frames of its list tell it of this job [E2]. */
  isToldByList({ userId }: Job): boolean {
    return this.list === ADMIN_ROOM || (this.list !== null && userId === this.session.userId);
  }

  /** Gets the frames of its list, unless they tell of what is withheld from it. */
  takeList(): void {
    if (this.isPlain) return;
    const lists = this.withheld.size > 0 ? [] : [ADMIN_ROOM, userRoom(this.session.userId)];
    const list = lists.find((room) => this.isIn(room)) ?? null;
    if (list === this.list) return;
    const roomOf = this.inflates ? deflatedRoom : frameRoom;
    if (this.list !== null) void this.socket.leave(roomOf(this.list));
    if (list !== null) void this.socket.join(roomOf(list));
    this.list = list;
  }

  send({ name, payload }: WireEvent | FrameEvent): void {
    this.socket.emit(name, payload);
  }

  /** [L2] Says that more happened than was kept: the client asks for it [S5]. */
  sayLagged(): void {
    this.socket.emit('session:lagged');
  }

  /** Says of what it once asked for that it is refused by now. */
  sayRefused(verb: Verb, refusal: Refusal): void {
    this.socket.emit('exception', { ...refusal, verb });
  }

  /** [S6] Says that the session ends soon. */
  sayExpiring(expiresAt: Date): void {
    this.socket.emit('session:expiring', { expiresAt: expiresAt.toISOString() });
  }

  /**
   * Says why, then closes the transport, so that the client comes back by itself [E5]: from now on nothing more is sent.
   * Whatever else shares the connection, as another namespace of the host, comes back with it.
   *
   * @returns when the connection is gone.
   */
  close(code: RefusalCode, retryAfterMs = 0): Promise<void> {
    const gone = new Promise<void>((resolve) => this.socket.once('disconnect', () => resolve()));
    this.socket.emit('session:closing', { code, retryAfterMs });
    // a client that does not read would be waited for
    this.socket.conn.close(this.keeping !== null);
    cutOffSoon(this.socket.conn, PATIENCE_MS);
    return gone;
  }
}
