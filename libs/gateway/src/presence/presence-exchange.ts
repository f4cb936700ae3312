import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import * as v from 'valibot';
import { HARMONIA_GATEWAY_OPTIONS, type HarmoniaGatewayOptions } from '../gateway-options.js';
import { NodeBus } from '../nodes/node-bus.js';
import { NodeNewsSchema, presenceOf, toldOf, type NodeNews, type Told } from './node-news.js';
import { PRESENCE_DEFAULTS } from './presence-options.js';
import { Roster, type NodePresence, type NodeUser, type NodeViewer } from './roster.js';
import { Soon } from './soon.js';

const TOPIC = 'presence';
/** What happens within so many ms is told to other nodes in one message. */
const TOGETHER_MS = 25;
/** A node is forgotten after so many beats that did not come. */
const SILENT_BEATS = 3;

interface KnownNode {
  /** How many changes of it are known here; null: not all that it says. */
  sequence: number | null;
  heardAt: number;
}

/**
 * Keeps the roster of all nodes right [P1]: tells the others what changes on this one, and hears what changes there. Who
 * missed something notices with the next beat, at the latest, and asks for everything.
 */
@Injectable()
export class PresenceExchange implements OnModuleInit, BeforeApplicationShutdown {
  private readonly log = new Logger(PresenceExchange.name);
  private readonly known = new Map<string, KnownNode>();
  private readonly changedUsers = new Set<string>();
  private readonly changedViewers = new Map<string, Set<string>>();
  private readonly telling = new Soon(TOGETHER_MS, () => this.tellChanges());
  private readonly beatMs: number;
  private readonly graceMs: number;
  private beating: NodeJS.Timeout | undefined;
  private beatAt = 0;
  private sequence = 0;
  private isAskedForAll = false;
  private isStopped = false;

  constructor(
    private readonly bus: NodeBus,
    private readonly roster: Roster,
    @Inject(HARMONIA_GATEWAY_OPTIONS) { presence }: HarmoniaGatewayOptions,
  ) {
    this.beatMs = presence?.beatMs ?? PRESENCE_DEFAULTS.beatMs;
    this.graceMs = presence?.graceMs ?? PRESENCE_DEFAULTS.graceMs;
  }

  onModuleInit(): void {
    this.bus.subscribe(TOPIC, (message, from) => this.hear(message, from));
    this.say({ kind: 'ask', of: null });
    this.beatAt = performance.now();
    this.beating = setInterval(() => this.beat(), this.beatMs).unref();
  }

  /** Says good-bye: the others keep for the grace who was here, since they will come back to one of them. */
  beforeApplicationShutdown(): void {
    this.say({ kind: 'bye' });
    this.isStopped = true;
    this.telling.stop();
    clearInterval(this.beating);
  }

  /** What this node says. */
  get own(): NodePresence {
    return this.roster.of(this.bus.nodeId);
  }

  /** The ids of all nodes but this one that were heard of lately. */
  get otherNodes(): readonly string[] {
    return [...this.known.keys()];
  }

  /** @param user null: not connected to this node any more */
  setUser(userId: string, user: NodeUser | null): void {
    this.roster.setUser(this.bus.nodeId, userId, user);
    this.changedUsers.add(userId);
    this.telling.ask();
  }

  /** @param viewer null: does not watch the job on this node any more */
  setViewer(jobId: string, userId: string, viewer: NodeViewer | null): void {
    this.roster.setViewer(this.bus.nodeId, jobId, userId, viewer);
    const changed = this.changedViewers.get(jobId) ?? new Set();
    this.changedViewers.set(jobId, changed.add(userId));
    this.telling.ask();
  }

  private tellChanges(): void {
    const { own } = this;
    const users: Told['users'] = [...this.changedUsers].map((userId) => [userId, own.users.get(userId) ?? null]);
    const viewers: Told['viewers'] = [...this.changedViewers].flatMap(([jobId, userIds]) =>
      [...userIds].map((userId): Told['viewers'][number] => [jobId, userId, own.viewers.get(jobId)?.get(userId) ?? null]),
    );
    this.changedUsers.clear();
    this.changedViewers.clear();
    if (users.length + viewers.length > 0) this.say({ kind: 'changes', sequence: ++this.sequence, users, viewers });
    if (this.isAskedForAll) this.say({ kind: 'all', sequence: this.sequence, ...toldOf(own) });
    this.isAskedForAll = false;
  }

  private beat(): void {
    this.say({ kind: 'beat', sequence: this.sequence });
    const now = performance.now();
    // whoever slept has not heard the others, who may have spoken all the same
    const hasSlept = now - this.beatAt > 2 * this.beatMs;
    this.beatAt = now;
    if (hasSlept) return this.known.forEach((node) => (node.heardAt = now));
    const tooLongAgo = now - SILENT_BEATS * this.beatMs;
    for (const [node, { heardAt }] of this.known) if (heardAt < tooLongAgo) this.forget(node);
  }

  private hear(message: unknown, from: string): void {
    const news = v.safeParse(NodeNewsSchema, message);
    // another version of this program may say other things
    if (!news.success) return this.log.debug('A node said something that is not understood here.');
    this.understand(news.output, from);
  }

  private understand(news: NodeNews, from: string): void {
    const node = this.known.get(from) ?? { sequence: null, heardAt: 0 };
    node.heardAt = performance.now();
    if (news.kind === 'bye') return this.part(from, node);
    this.known.set(from, node);
    if (news.kind === 'ask') return this.promise(news.of);
    if (news.kind === 'all') {
      node.sequence = news.sequence;
      return this.roster.replace(from, presenceOf(news));
    }
    if (news.kind === 'changes' && node.sequence === news.sequence - 1) {
      node.sequence = news.sequence;
      return this.change(from, news);
    }
    if (node.sequence !== news.sequence) this.askAllOf(from, node);
  }

  private change(from: string, { users, viewers }: Told): void {
    users.forEach(([userId, user]) => this.roster.setUser(from, userId, user));
    viewers.forEach(([jobId, userId, viewer]) => this.roster.setViewer(from, jobId, userId, viewer));
  }

  private askAllOf(from: string, node: KnownNode): void {
    node.sequence = null;
    this.say({ kind: 'ask', of: from });
  }

  private promise(of: string | null): void {
    if (of !== null && of !== this.bus.nodeId) return;
    this.isAskedForAll = true;
    this.telling.ask();
  }

  private part(from: string, node: KnownNode): void {
    setTimeout(() => this.known.get(from) === node && this.forget(from), this.graceMs).unref();
  }

  private forget(node: string): void {
    this.known.delete(node);
    this.roster.forget(node);
  }

  private say(news: NodeNews): void {
    if (!this.isStopped) void this.bus.publish(TOPIC, news);
  }
}
