import { ApplicationRef, inject, Injectable, Injector } from '@angular/core';
import {
  framedLine,
  RefusalError,
  type Authenticated,
  type Job,
  type JobEventName,
  type JobEventPayload,
  type NewNotification,
  type OnlineUser,
  type RefusalCode,
  type UserEventName,
  type UserEvents,
} from '@harmonia/contract';
import { ɵConnectionEnd, ɵframeOfLines, ɵHarmoniaConnection, ɵnewsOf, type ReceivedNotification } from '@harmonia/data-access';
import { FramesByHand } from './frames-by-hand';
import { KnownJobs } from './known-jobs';
import { KnownPeople } from './known-people';
import { SocketByHand } from './socket-by-hand';

/** The payload of an event; the epoch is the double's own unless it is given. */
export type DeliveredEvent<Name extends JobEventName> = Omit<JobEventPayload<Name>, 'epoch'> & { readonly epoch?: string };

/** Milliseconds that a lost client is asked to stay away: longer than a test, so that it comes back by `reconnect()` alone. */
const STAY_AWAY_MS = 60_000;

/** How many promises in a row one step of the client may wait for. */
const TURNS = 50;

/**
 * A gateway in memory that a test drives by hand: nothing arrives before the test says so, there is no network, and no timer
 * decides anything. It lets the first connection in, answers every `jobs:sync` from the jobs it knows, and remembers what it
 * delivers; what it delivers while the connection is down is missed, and healed by the sync after `reconnect()`. HTTP is not its
 * business: Angular's `provideHttpClientTesting()` stands in for that.
 *
 * @example
 * const gateway = TestBed.inject(GatewayDouble);
 * gateway.knows(aJob({ id: 'may' }));
 * await gateway.advanceFrame(); // the snapshot is in the store
 * gateway.tell(aJob({ id: 'may', status: 'completed', version: 2 }));
 * await gateway.advanceFrame(); // and now the end
 */
@Injectable()
export class GatewayDouble {
  /** Whose session the next connection is. */
  userId = 'ada';
  /** With which roles it is; `admin` sees everybody who is online [P3]. */
  roles: readonly string[] = [];
  /** The token of the store's past [R7]; another one says that it was rewritten. */
  epoch = 'epoch-1';
  private readonly injector = inject(Injector);
  private readonly jobs = new KnownJobs();
  private readonly people = new KnownPeople({
    session: () => this.session(),
    isReadable: (jobId) => this.jobs.isReadable(jobId, this.userId),
    tell: (message) => this.ɵsocket.tell(message),
  });
  private refusal: ɵConnectionEnd | null = null;
  private said = 0;
  /** In place of the client's socket. */
  readonly ɵsocket = new SocketByHand({
    handshake: () => this.refusal ?? this.begin(),
    answer: (declared) => this.jobs.answer(this.epoch, this.userId, declared),
    people: this.people,
  });
  /** In place of the client's frame clock. */
  readonly ɵframes = new FramesByHand();

  /** Whether the client is connected. */
  get isConnected(): boolean {
    return this.ɵsocket.isConnected;
  }

  /** The tokens that the client came with, one for each try. */
  get tokens(): readonly string[] {
    return this.ɵsocket.tokens;
  }

  /** These jobs are there, without an event: the next sync tells of them. */
  knows(...jobs: readonly Job[]): void {
    for (const job of jobs) this.jobs.keep(job);
  }

  /**
   * An event is sent to the client, as it would come off the wire; missed while the connection is down.
   *
   * @throws RefusalError `internal-error` when the contract knows no such event
   * @throws Error when it tells of a job that this gateway does not know, and not all of it
   */
  deliver<Name extends JobEventName>(name: Name, event: DeliveredEvent<Name>): void {
    const news = ɵnewsOf(name, { epoch: this.epoch, ...event });
    for (const { state, body } of news.jobs) {
      const known = body ?? this.jobs.find(state.id);
      if (!known) throw new Error(`This gateway does not know the job ${state.id}: say knows(job) first.`);
      const { title, tags, input, result } = known;
      this.jobs.keep({ ...state, title, tags, input, result });
    }
    for (const removal of news.removed) this.jobs.remove(removal);
    this.ɵsocket.tell({ kind: 'news', news });
  }

  /** Whole jobs are sent, each by the event that fits its status. */
  tell(...jobs: readonly Job[]): void {
    for (const job of jobs) {
      if (job.status === 'completed') this.deliver('job:completed', { job });
      else if (job.version === 1) this.deliver('job:created', { job });
      else this.deliver('job:status', job);
    }
  }

  /**
   * Jobs are told in one `jobs:frame` [E4], as a server tells changes that come fast: without owner, type, time of creation
   * and body, which the client is to know already. Missed while the connection is down.
   */
  tellFrame(...jobs: readonly [Job, ...Job[]]): void {
    this.knows(...jobs);
    const at = Date.now();
    const frame = ɵframeOfLines(this.epoch, at, jobs.map((job) => framedLine(job, at)).join('\n'));
    this.ɵsocket.tell({ kind: 'frame', frame });
  }

  /** These are the others who watch the job [P2], from now on; nobody without them. */
  viewers(jobId: string, ...others: readonly (string | OnlineUser)[]): void {
    this.people.watch(jobId, others);
  }

  /** These are the others who are online [P3], from now on; nobody without them. */
  online(...others: readonly (string | OnlineUser)[]): void {
    this.people.come(others);
  }

  /** The user is told something to read, as `notification` [M2]; missed while the connection is down [M3]. Answers its id. */
  notify(said: NewNotification): string {
    return this.say(said, 'notification');
  }

  /** Everybody is told something to read, as `announcement` [M2]; missed while the connection is down [M3]. Answers its id. */
  announce(said: NewNotification): string {
    return this.say(said, 'announcement');
  }

  /** The user is told an event of the application's own [M1]; missed while the connection is down [M3]. */
  emitToUser<Name extends UserEventName>(name: Name, payload: UserEvents[Name]): void;
  emitToUser(name: string, payload: object): void {
    this.ɵsocket.tell({ kind: 'own', event: { name, payload: { ...payload, timestamp: new Date().toISOString() } } });
  }

  /** The connection breaks, and no other one is made until `reconnect()`. */
  drop(): void {
    this.end(new ɵConnectionEnd('cut-off', 'The connection to the gateway was lost.', STAY_AWAY_MS));
  }

  /** The client is refused with this code, now and until `reconnect()`. */
  refuse(code: RefusalCode): void {
    this.end(ɵConnectionEnd.of(new RefusalError(code, undefined, STAY_AWAY_MS)));
  }

  /** The client may come back, and does so at once, with a token that it asks for anew. */
  reconnect(): void {
    this.refusal = null;
    this.injector.get(ɵHarmoniaConnection).retry();
  }

  /** From now on handshakes and requests are taken, and not answered. */
  holdAcks(): void {
    this.ɵsocket.hold();
  }

  /** Answers what was held, with what is true by now. */
  releaseAcks(): void {
    this.ɵsocket.release();
  }

  /** Lets everything happen that waits for effects or promises, and draws one frame: what has arrived is in the store. */
  async advanceFrame(): Promise<void> {
    await this.settled();
    this.ɵframes.draw();
    await this.settled();
  }

  private async settled(): Promise<void> {
    this.injector.get(ApplicationRef).tick();
    for (let turn = 0; turn < TURNS; turn++) await Promise.resolve();
  }

  private end(end: ɵConnectionEnd): void {
    this.refusal = end;
    this.ɵsocket.end(end);
  }

  private say({ id, title, message, level = 'info' }: NewNotification, audience: ReceivedNotification['audience']): string {
    const notification = {
      id: id ?? `message-${++this.said}`,
      title: title ?? null,
      message,
      level,
      at: new Date().toISOString(),
      audience,
    };
    this.ɵsocket.tell({ kind: 'notification', notification });
    return notification.id;
  }

  private begin(): Authenticated {
    this.people.forget();
    return this.session();
  }

  private session(): Authenticated {
    return { user: { id: this.userId, roles: [...this.roles] }, epoch: this.epoch, expiresAt: null };
  }
}
