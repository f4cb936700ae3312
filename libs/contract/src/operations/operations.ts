import * as v from 'valibot';
import { UserIdSchema } from '../jobs/job-id.js';

const TimeSchema = v.pipe(v.string(), v.isoTimestamp());
const CountSchema = v.pipe(v.number(), v.integer(), v.minValue(0));
const FigureSchema = v.pipe(v.number(), v.finite(), v.minValue(0));
const NodesSchema = v.pipe(v.array(v.string()), v.readonly());

/** What one gateway node says of itself. Everything is of this node alone, and counts begin with its start. */
export const NodeStatsSchema = v.object({
  /** What the node is called among the others, anew with each start. */
  node: v.string(),
  /** The name of its machine or container, for people. */
  host: v.string(),
  /** Whether it is the node that answered. */
  isHere: v.boolean(),
  startedAt: TimeSchema,
  /** How many sockets are connected. */
  connected: CountSchema,
  /** How many users these are. */
  users: CountSchema,
  /** How many watches sockets hold: of single jobs, of the jobs of one user, of everybody's. */
  subscriptions: v.object({ jobs: CountSchema, users: CountSchema, all: CountSchema }),
  /** Over the last 10 to 15 seconds: changes of jobs heard from the store, and messages to sockets, one for each that gets it. */
  rates: v.object({ eventsInPerSecond: FigureSchema, eventsOutPerSecond: FigureSchema }),
  /**
   * How old changes were when they were handed to sockets, over the same seconds; null: none was. The change has the time of
   * the machine that committed it, so this is wrong by as much as the two clocks differ.
   */
  deliveryLagMs: v.nullable(v.object({ p50: FigureSchema, p99: FigureSchema })),
  /** How old the change was that was heard of last, in those seconds; null: none was. */
  streamLagMs: v.nullable(FigureSchema),
  /** How many sockets do not keep up now [L2]. */
  slowConsumers: CountSchema,
  /** How often something missed had to be mended [F2, F3]. */
  repairs: CountSchema,
  /** How often something was refused, by its code: in handshakes, requests of sockets, and over HTTP. */
  refusals: v.record(v.string(), CountSchema),
  /** Resident memory of the process. */
  memoryBytes: CountSchema,
});

/** See {@link NodeStatsSchema}. */
export type NodeStats = Readonly<v.InferOutput<typeof NodeStatsSchema>>;

/**
 * What `GET /api/v1/websocket/stats` answers, to admins: all nodes together, and each of them, the one that answered first.
 *
 * @example const { data } = v.parse(GatewayStatsSchema, await answer.json()); // data.connected, data.nodes
 */
export const GatewayStatsSchema = v.object({
  success: v.literal(true),
  data: v.object({
    connected: CountSchema,
    /** Each user once, however many nodes know them. */
    users: CountSchema,
    timestamp: TimeSchema,
    nodes: v.pipe(v.array(NodeStatsSchema), v.readonly()),
    /** Nodes that are known and did not answer within a second, so that their figures are in none of these. */
    missing: NodesSchema,
  }),
});

/** See {@link GatewayStatsSchema}. */
export type GatewayStats = Readonly<v.InferOutput<typeof GatewayStatsSchema>>;

/** A socket that is connected to a gateway node. */
export const ConnectionSchema = v.object({
  /** The id under which the log of the node speaks of it. */
  id: v.string(),
  userId: UserIdSchema,
  /** As `node` in {@link NodeStatsSchema}. */
  node: v.string(),
  since: TimeSchema,
  /** Whether it knows the protocol of Harmonia, or only single events [E3]. */
  client: v.picklist(['plain', 'harmonia']),
  /** Whether it does not keep up now [L2]. */
  isSlow: v.boolean(),
  /** How many single jobs it watches, whether the jobs of its user, and whether everybody's. */
  subscriptions: v.object({ jobs: CountSchema, user: v.boolean(), all: v.boolean() }),
});

/** See {@link ConnectionSchema}. */
export type Connection = Readonly<v.InferOutput<typeof ConnectionSchema>>;

/** The query of `GET /api/v1/websocket/connections`: the page to go on with, from `nextPage`, and whose connections alone. */
export const ConnectionsQuerySchema = v.object({
  page: v.optional(v.pipe(v.string('A page is a string.'), v.regex(/^[\w-]{1,64}$/, 'A page is what nextPage said.'))),
  userId: v.optional(UserIdSchema),
});

/** See {@link ConnectionsQuerySchema}. */
export type ConnectionsQuery = Readonly<v.InferOutput<typeof ConnectionsQuerySchema>>;

/**
 * What `GET /api/v1/websocket/connections` answers, to admins: at most 200 connections of all nodes, in the order of their
 * ids, so that no page repeats or misses one that stays. `nextPage` is null on the last; `total` counts those on all pages.
 */
export const ConnectionsPageSchema = v.object({
  success: v.literal(true),
  data: v.object({
    connections: v.pipe(v.array(ConnectionSchema), v.readonly()),
    total: CountSchema,
    nextPage: v.nullable(v.string()),
    /** As in {@link GatewayStatsSchema}. */
    missing: NodesSchema,
  }),
});

/** See {@link ConnectionsPageSchema}. */
export type ConnectionsPage = Readonly<v.InferOutput<typeof ConnectionsPageSchema>>;
