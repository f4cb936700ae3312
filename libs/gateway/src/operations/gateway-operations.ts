import {
  ConnectionSchema,
  NodeStatsSchema,
  type Connection,
  type ConnectionsPage,
  type ConnectionsQuery,
  type GatewayStats,
} from '@harmonia/contract';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import * as v from 'valibot';
import { Watchers } from '../jobs/watchers.js';
import { Roster } from '../presence/roster.js';
import { NodeFigures } from './node-figures.js';
import { NodeQuestions } from './node-questions.js';

/** So many connections are on a page. */
const MOST = 200;

const QuestionSchema = v.variant('about', [
  v.object({ about: v.literal('stats') }),
  v.object({ about: v.literal('connections'), page: v.optional(v.string()), userId: v.optional(v.string()) }),
]);

const LocalPageSchema = v.object({ connections: v.array(ConnectionSchema), left: v.number(), total: v.number() });

/** The first connections of one node that are on a page or after it, how many these are, and how many on all pages. */
type LocalPage = v.InferOutput<typeof LocalPageSchema>;

/**
 * How all nodes of the gateway are, for code of the host: what `GET /api/v1/websocket/stats` and `/connections` tell admins.
 *
 * @example const { connected, missing } = await app.get(GatewayOperations).stats();
 */
@Injectable()
export class GatewayOperations implements OnModuleInit {
  constructor(
    private readonly figures: NodeFigures,
    private readonly questions: NodeQuestions,
    private readonly watchers: Watchers,
    private readonly roster: Roster,
  ) {}

  onModuleInit(): void {
    this.questions.answerWith((question) => this.answer(question));
  }

  /** All nodes together and each of them, this one first. Takes up to a second when a node does not answer. */
  async stats(): Promise<GatewayStats['data']> {
    const { answers, missing } = await this.questions.ask({ about: 'stats' }, NodeStatsSchema);
    const here = this.figures.read();
    const others = [...answers.values()].map((node) => ({ ...node, isHere: false })).sort(byHost);
    const nodes = [here, ...others];
    return {
      connected: nodes.reduce((sum, { connected }) => sum + connected, 0),
      users: this.usersOn(nodes.map(({ node }) => node)),
      timestamp: new Date().toISOString(),
      nodes,
      missing,
    };
  }

  /** A page of the connections of all nodes, in the order of their ids. */
  async connections(query: ConnectionsQuery = {}): Promise<ConnectionsPage['data']> {
    const { answers, missing } = await this.questions.ask({ about: 'connections', ...query }, LocalPageSchema);
    const pages = [this.localPage(query), ...answers.values()];
    const connections = pages
      .flatMap((page) => page.connections)
      .sort(byId)
      .slice(0, MOST);
    const left = pages.reduce((sum, page) => sum + page.left, 0);
    const total = pages.reduce((sum, page) => sum + page.total, 0);
    return { connections, total, nextPage: left > connections.length ? (connections.at(-1)?.id ?? null) : null, missing };
  }

  private answer(asked: unknown): unknown {
    const question = v.safeParse(QuestionSchema, asked);
    if (!question.success) return null;
    return question.output.about === 'stats' ? this.figures.read() : this.localPage(question.output);
  }

  private localPage({ page = '', userId }: ConnectionsQuery): LocalPage {
    const all = this.watchers.all.filter(({ session }) => userId === undefined || session.userId === userId);
    const left = all.filter(({ id }) => id > page).sort(byId);
    return { connections: left.slice(0, MOST).map((watcher) => this.figures.connectionOf(watcher)), left: left.length, total: all.length };
  }

  /** Each user once, as presence knows them; who has just gone is no longer connected. */
  private usersOn(nodes: readonly string[]): number {
    const users = nodes.flatMap((node) => [...(this.roster.said.get(node)?.users ?? [])]);
    return new Set(users.flatMap(([userId, { connections }]) => (connections > 0 ? [userId] : []))).size;
  }
}

const byHost = (one: { host: string; node: string }, other: { host: string; node: string }): number =>
  one.host.localeCompare(other.host) || one.node.localeCompare(other.node);

/** By their characters' codes, as ids are compared everywhere else. */
const byId = (one: Pick<Connection, 'id'>, other: Pick<Connection, 'id'>): number => (one.id < other.id ? -1 : 1);
