import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import type { Connection, NodeStats } from '@harmonia/contract';
import type { AskedConnections, ListedConnections } from '@harmonia/data-access/operations';
import { TimeAgo } from '@harmonia/ui';
import { Pager } from './pager';
import { ShortNode } from './short-node';

const CLIENTS = { harmonia: 'Harmonia', plain: 'Plain' } as const;

/** Who is connected, to which node, since when, and what they watch. */
@Component({
  selector: 'harmonia-connection-table',
  imports: [Pager, ShortNode, TimeAgo],
  templateUrl: './connection-table.html',
  styleUrls: ['./tables.css', './fields.css', './filter.css', './connection-table.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConnectionTable {
  readonly connections = input.required<ListedConnections>();
  /** Which connections these are, and which are asked for. */
  readonly shown = input.required<AskedConnections>();
  readonly asked = input.required<AskedConnections>();
  /** To call them by their machine. */
  readonly nodes = input.required<readonly NodeStats[]>();
  /** Null: everybody’s. */
  readonly userChosen = output<string | null>();
  /** Whether forward. */
  readonly pageTurned = output<boolean>();

  protected readonly isBusy = computed(() => this.shown() !== this.asked());
  protected readonly words = computed(() => {
    const { total } = this.connections();
    const page = this.shown().pages.length + 1;
    const all = total === 1 ? '1 connection' : `${total.toLocaleString('en')} connections`;
    return page > 1 || this.connections().nextPage !== null ? `${all}, page ${page}` : all;
  });
  protected readonly rows = computed(() => {
    const hosts = new Map(this.nodes().map(({ node, host }) => [node, host]));
    return this.connections().connections.map((connection) => ({
      ...connection,
      host: hosts.get(connection.node) ?? '',
      kind: CLIENTS[connection.client],
      watches: watchesOf(connection),
    }));
  });

  protected choose(text: string): void {
    this.userChosen.emit(text.trim() || null);
  }
}

function watchesOf({ subscriptions: { jobs, user, all } }: Connection): string {
  const single = jobs === 1 ? ['1 job'] : jobs > 1 ? [`${jobs.toLocaleString('en')} jobs`] : [];
  return [...single, ...(user ? ['own list'] : []), ...(all ? ['everybody’s jobs'] : [])].join(', ') || 'nothing';
}
