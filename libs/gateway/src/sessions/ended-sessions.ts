import { JOB_STORE, SESSION_ENDS, type JobSession, type JobStore, type SessionEnd, type SessionEnds } from '@harmonia/job-engine';
import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { NodeBus } from '../nodes/node-bus.js';

/** How often it is asked what other nodes ended: the bus says so sooner, and may lose what it says, ms. */
const ASK_EVERY_MS = 500;
const TOPIC = 'sessions';

/** What was ended of one user. */
interface Ended {
  /** All that began by then; null: only single ones. */
  all: SessionEnd | null;
  readonly sessions: Map<string, SessionEnd>;
}

/** Who a session is, and when it began. */
export type KnownSession = Pick<JobSession, 'userId' | 'sessionId' | 'issuedAt' | 'share'>;

/**
 * Which sessions were ended, as every node knows it [S8]: kept beside the jobs, asked for again and again, so that a node that
 * was cut off hears of it as soon as it reaches the store again, and kept here, so that no request waits for it.
 */
@Injectable()
export class EndedSessions implements OnModuleInit, BeforeApplicationShutdown {
  private readonly log = new Logger('HarmoniaSessions');
  private readonly users = new Map<string, Ended>();
  private readonly listeners: (() => void)[] = [];
  private cursor = 0;
  private asking: Promise<void> | null = null;
  private clock: NodeJS.Timeout | null = null;

  constructor(
    @Inject(SESSION_ENDS) private readonly ends: SessionEnds,
    @Inject(JOB_STORE) private readonly store: JobStore,
    private readonly bus: NodeBus,
  ) {}

  async onModuleInit(): Promise<void> {
    this.bus.subscribe(TOPIC, () => void this.ask());
    const isKnown = await this.ask();
    if (this.store.isShared || !isKnown) this.clock = setInterval(() => void this.ask(), ASK_EVERY_MS).unref();
  }

  beforeApplicationShutdown(): void {
    if (this.clock) clearInterval(this.clock);
  }

  /** Is called whenever more sessions have ended. */
  listen(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** When it is kept, and this node knows it; the others are told. */
  async add(end: SessionEnd): Promise<void> {
    await this.ends.add(end);
    this.note([end]);
    await this.bus.publish(TOPIC, {});
  }

  /** What somebody showed others ends with all of their sessions [A3]. */
  has({ userId, sessionId, issuedAt, share }: KnownSession): boolean {
    const ended = this.users.get(share?.by.userId ?? userId);
    if (!ended) return false;
    const isEndedAlone = sessionId !== undefined && ended.sessions.has(sessionId);
    return isEndedAlone || (ended.all !== null && issuedAt !== undefined && issuedAt.getTime() <= ended.all.at);
  }

  /** Whether it could be asked. While it cannot, no job can be read either, and what is known goes on. */
  private async ask(): Promise<boolean> {
    try {
      this.asking ??= this.read().finally(() => (this.asking = null));
      await this.asking;
      return true;
    } catch {
      return false;
    }
  }

  private async read(): Promise<void> {
    const { cursor, ends } = await this.ends.since(this.cursor);
    const isOfAnotherPast = cursor < this.cursor;
    this.cursor = cursor;
    if (ends.length > 0) this.note(ends);
    if (isOfAnotherPast) await this.keepAgain();
  }

  /** The store went back to an older state, or begins anew: what was ended since is ended all the same. */
  private async keepAgain(): Promise<void> {
    const known = [...this.users.values()].flatMap(({ all, sessions }) => [...(all ? [all] : []), ...sessions.values()]);
    for (const end of known) await this.ends.add(end);
  }

  private note(ends: readonly SessionEnd[]): void {
    for (const end of ends) {
      const ended: Ended = this.users.get(end.userId) ?? { all: null, sessions: new Map() };
      this.users.set(end.userId, ended);
      if (end.sessionId !== null) ended.sessions.set(end.sessionId, end);
      else if (!ended.all || ended.all.at < end.at) ended.all = end;
      forgetOld(ended);
    }
    for (const listener of this.listeners) this.tell(listener);
  }

  private tell(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.log.error('Ending sessions failed.', error instanceof Error ? error.stack : error);
    }
  }
}

function forgetOld({ sessions }: Ended): void {
  const now = Date.now();
  for (const [id, { until }] of sessions) if (until < now) sessions.delete(id);
}
