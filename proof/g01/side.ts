import type { Job } from '@harmonia/contract';
import type { TcpLink } from '../rig/tcp-link.ts';
import type { Spectator } from './spectator.ts';
import type { ApplyChanges } from './workload.ts';

/** What a client looks at. */
export type View = 'list' | 'details' | 'everything';

/** A product under test: how its jobs change, what the truth is, and who looks. */
export interface Side {
  readonly apply: ApplyChanges;
  /** All jobs as they stand, by no way that is broken. */
  readonly readAll: () => Promise<readonly Job[]>;
  /** The stream in Redis by which its nodes hear of each other. */
  readonly stream: string;
  /** Variables of its gateways' environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Who is there to look. */
  readonly cast: readonly Role[];
  open(role: Role, link: TcpLink): Promise<Spectator>;
}

/** A client, and what it looks at. */
export interface Role {
  readonly name: string;
  readonly userId: string;
  readonly view: View;
  /** Whether it is a client of few lines instead of a page. */
  readonly isPlain: boolean;
}

/** Several of a kind. */
export function roles(userId: string, view: View, count: number, isPlain: boolean): readonly Role[] {
  const kind = isPlain ? 'plain' : 'page';
  return Array.from({ length: count }, (_, index) => ({ name: `${userId}-${kind}-${view}-${index + 1}`, userId, view, isPlain }));
}
