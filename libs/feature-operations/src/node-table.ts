import { DecimalPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { NodeStats } from '@harmonia/contract';
import { FileSize, TimeAgo } from '@harmonia/ui';
import { counted } from './counted';
import { Lag } from './lag';
import { ShortNode } from './short-node';

/** Each gateway node, always in the same order, and those that are known and do not answer. */
@Component({
  selector: 'harmonia-node-table',
  imports: [DecimalPipe, FileSize, Lag, ShortNode, TimeAgo],
  templateUrl: './node-table.html',
  styleUrls: ['./tables.css', './node-table.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class NodeTable {
  readonly nodes = input.required<readonly NodeStats[]>();
  readonly missing = input.required<readonly string[]>();

  protected readonly counted = counted;
  /** The node that answered comes first in the answer: behind a balancer that is another one each time. */
  protected readonly rows = computed(() => [...this.nodes()].sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1)));
}

const nameOf = ({ host, node }: NodeStats) => `${host} ${node}`;
