import { RefusalError, type ConnectionsPage, type ConnectionsQuery, type GatewayStats } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import { Controller, Get, Query } from '@nestjs/common';
import { documentedOperations } from '../http/openapi-operations.js';
import { RequestSession } from '../http/request-session.js';
import { connectionsQuery } from './connections-query.js';
import { GatewayOperations } from './gateway-operations.js';

/** How the nodes of the gateway are, and who is connected to them: for admins. */
@Controller()
export class OperationsController {
  constructor(private readonly operations: GatewayOperations) {}

  @Get('stats')
  @documentedOperations.stats
  async stats(@RequestSession() session: JobSession): Promise<GatewayStats> {
    admit(session);
    return { success: true, data: await this.operations.stats() };
  }

  @Get('connections')
  @documentedOperations.connections
  async connections(@RequestSession() session: JobSession, @Query(connectionsQuery) query: ConnectionsQuery): Promise<ConnectionsPage> {
    admit(session);
    return { success: true, data: await this.operations.connections(query) };
  }
}

function admit({ roles }: JobSession): void {
  if (!roles.includes('admin')) throw new RefusalError('forbidden');
}
