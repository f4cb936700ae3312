import * as v from 'valibot';
import type { NodePresence, NodeUser, NodeViewer } from './roster.js';

const CountSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const ViewerSchema = v.object({ since: v.number(), name: v.optional(v.string()) });
const UserSchema = v.object({ ...ViewerSchema.entries, connections: CountSchema });

/** A name, and what is said of it; null: nothing any more. */
const UsersSchema = v.array(v.strictTuple([v.string(), v.nullable(UserSchema)]));
const ViewersSchema = v.array(v.strictTuple([v.string(), v.string(), v.nullable(ViewerSchema)]));

/**
 * What nodes tell each other about who is there [P1]. `sequence` counts the changes that a node has told, so that whoever
 * misses some notices it, and asks for all.
 */
export const NodeNewsSchema = v.variant('kind', [
  v.object({ kind: v.literal('changes'), sequence: CountSchema, users: UsersSchema, viewers: ViewersSchema }),
  v.object({ kind: v.literal('all'), sequence: CountSchema, users: UsersSchema, viewers: ViewersSchema }),
  v.object({ kind: v.literal('beat'), sequence: CountSchema }),
  /** Of one node, or of every one. */
  v.object({ kind: v.literal('ask'), of: v.nullable(v.string()) }),
  v.object({ kind: v.literal('bye') }),
]);

/** See {@link NodeNewsSchema}. */
export type NodeNews = v.InferOutput<typeof NodeNewsSchema>;

/** Users and viewers as they travel. */
export type Told = Pick<Extract<NodeNews, { kind: 'all' }>, 'users' | 'viewers'>;

/** Everything that a node says, as it travels. */
export function toldOf({ users, viewers }: NodePresence): Told {
  const told: Told = { users: [...users], viewers: [] };
  viewers.forEach((ofJob, jobId) => ofJob.forEach((viewer, userId) => told.viewers.push([jobId, userId, viewer])));
  return told;
}

/** The same, as it is kept. */
export function presenceOf({ users, viewers }: Told): NodePresence {
  const presence = { users: new Map<string, NodeUser>(), viewers: new Map<string, Map<string, NodeViewer>>() };
  users.forEach(([userId, user]) => user && presence.users.set(userId, user));
  for (const [jobId, userId, viewer] of viewers) {
    const ofJob = presence.viewers.get(jobId) ?? new Map<string, NodeViewer>();
    if (viewer) presence.viewers.set(jobId, ofJob.set(userId, viewer));
  }
  return presence;
}
