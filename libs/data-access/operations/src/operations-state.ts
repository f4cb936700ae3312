import type { ConnectionsPage, GatewayStats, Refusal } from '@harmonia/contract';
import type { OperationsSample } from './operations-totals';

/** What the nodes say of themselves. */
export type GatewayFigures = GatewayStats['data'];

/** One page of the sockets that are connected. */
export type ListedConnections = ConnectionsPage['data'];

/** Which connections are asked for: of one user or, null, of all; and the pages turned, the last one being shown. */
export interface AskedConnections {
  readonly userId: string | null;
  readonly pages: readonly string[];
}

/** How far a page with figures is. `refusal` says why what is shown may be out of date; null while it is not. */
export type OperationsView =
  | { readonly phase: 'loading' }
  | { readonly phase: 'refused'; readonly refusal: Refusal }
  | {
      readonly phase: 'shown';
      readonly figures: GatewayFigures;
      readonly connections: ListedConnections;
      /** Which connections these are; others may be asked for already. */
      readonly asked: AskedConnections;
      readonly refusal: Refusal | null;
    };

/** Everything that is kept for operations pages. */
export interface OperationsState {
  /** How many views there are of it; while it is 0 nothing is asked. */
  readonly watchers: number;
  readonly view: OperationsView;
  readonly asked: AskedConnections;
  /** The last minutes, oldest first. */
  readonly samples: readonly OperationsSample[];
}

/** Nobody has looked yet. */
export const NOT_LOOKED_AT: OperationsState = {
  watchers: 0,
  view: { phase: 'loading' },
  asked: { userId: null, pages: [] },
  samples: [],
};
