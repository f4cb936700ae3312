import { ConnectionsQuerySchema } from '@harmonia/contract';
import { ParsePipe } from '../http/parse-pipe.js';

/** Use as `@Query(connectionsQuery) query: ConnectionsQuery`. */
export const connectionsQuery = new ParsePipe(ConnectionsQuerySchema);
