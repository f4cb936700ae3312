import { inject, Injectable } from '@angular/core';
import { AuditPageSchema, ConnectionsPageSchema, GatewayStatsSchema, type AuditPage, type NewNotification } from '@harmonia/contract';
import { ɵGatewayHttp, ɵunderstood } from '@harmonia/data-access';
import type { GatewayFigures, ListedConnections } from './operations-state';

/** Where to go on, and what to narrow it to; everything left out does neither. */
type Query = Readonly<Record<string, string | undefined>>;

/**
 * What administrators ask of the gateway. Each call rejects with a RefusalError: `forbidden` to everybody else, `timeout`
 * after 5 s without an answer [C9].
 *
 * @example const { connected, nodes } = await inject(OperationsHttp).stats();
 */
@Injectable()
export class OperationsHttp {
  private readonly gateway = inject(ɵGatewayHttp);

  /** Who is connected and how that goes, all nodes together and each of them. */
  async stats(): Promise<GatewayFigures> {
    return ɵunderstood(GatewayStatsSchema, await this.read('/v1/websocket/stats')).data;
  }

  /** At most 200 of the sockets that are connected, on all nodes; `page` is the `nextPage` of the answer before. */
  async connections(query: { readonly userId?: string; readonly page?: string } = {}): Promise<ListedConnections> {
    return ɵunderstood(ConnectionsPageSchema, await this.read('/v1/websocket/connections', query)).data;
  }

  /** Who tried what, newest first; `cursor` is the `nextCursor` of the answer before. */
  async audit(query: { readonly jobId?: string; readonly cursor?: string } = {}): Promise<AuditPage> {
    return ɵunderstood(AuditPageSchema, await this.read('/audit', query));
  }

  /** Tells everybody who is connected [M2]. One that has an `id` may be sent again: it is shown once. */
  async announce(announcement: NewNotification): Promise<void> {
    await this.gateway.ask('POST', '/announcements', announcement);
  }

  private async read(path: string, query: Query = {}): Promise<unknown> {
    const said = new URLSearchParams(Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
    const { body } = await this.gateway.ask('GET', said.size > 0 ? `${path}?${said}` : path);
    return body;
  }
}
