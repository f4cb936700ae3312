import * as v from 'valibot';
import { OnlineUserSchema } from './presence.js';

const CountSchema = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What `GET /api/presence` answers: who is online on any node, at most 1,000 of them, and how many there are. */
export const ConnectedUsersSchema = v.object({
  users: v.pipe(v.array(v.object({ ...OnlineUserSchema.entries, connections: CountSchema })), v.readonly()),
  count: CountSchema,
  connections: CountSchema,
  /** How many nodes these are connected to. */
  nodes: CountSchema,
});

/** See {@link ConnectedUsersSchema}. */
export type ConnectedUsers = Readonly<v.InferOutput<typeof ConnectedUsersSchema>>;
