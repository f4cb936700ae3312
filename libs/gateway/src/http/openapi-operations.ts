import { ConnectionsPageSchema, ConnectionsQuerySchema, GatewayStatsSchema } from '@harmonia/contract';
import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { about, answers, openApi, refuses } from './openapi.js';

const pageQueries = Object.entries(ConnectionsQuerySchema.entries).map(([name, schema]) =>
  ApiQuery({ name, required: false, schema: openApi(schema, 'input') }),
);

/** What the OpenAPI page says of the routes about the gateway itself. */
export const documentedOperations = {
  stats: applyDecorators(
    about('readStats', 'How the nodes of the gateway are', 'For admins. Takes up to a second when a node does not answer.'),
    answers(200, 'All nodes together, and each of them.', GatewayStatsSchema),
    refuses('forbidden'),
  ),
  connections: applyDecorators(
    about('listConnections', 'Who is connected, on all nodes', 'For admins.'),
    ...pageQueries,
    answers(200, 'At most 200 connections; nextPage is null on the last page.', ConnectionsPageSchema),
    refuses('payload-invalid', 'forbidden'),
  ),
};
