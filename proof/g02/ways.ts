import type { Reader } from './reader.ts';

/** How a permission goes: it is revoked, the job gets another owner, or it is removed and created anew. */
export type Loss = 'revoked' | 'disowned' | 'removed';

/** A way in which somebody comes to see a job, and what can take it from them there. */
export interface Way {
  readonly name: string;
  readonly isPlain?: true;
  readonly isAdmin?: true;
  /** Whose jobs it shows: those of others that were shared, or one's own. */
  readonly losses: readonly [Loss, ...Loss[]];
  /** Looks at these jobs, in the moment of the race. */
  readonly look: (reader: Reader, ids: readonly string[]) => Promise<unknown>;
  /** Looks away, so that the next race begins anew. */
  readonly leave?: (reader: Reader, ids: readonly string[]) => Promise<unknown>;
}

const every = (ids: readonly string[], look: (id: string) => Promise<unknown>) => Promise.all(ids.map(look));

const subscribe = (reader: Reader, ids: readonly string[]) => every(ids, (jobId) => reader.ask('job:subscribe', { jobId }));
const unsubscribe = (reader: Reader, ids: readonly string[]) => every(ids, (jobId) => reader.ask('job:unsubscribe', { jobId }));
const named = (ids: readonly string[]) => ({ epoch: null, jobs: Object.fromEntries(ids.map((id) => [id, 0])) });

const BY_NAME = ['revoked', 'disowned', 'removed'] as const;
const IN_LISTS = ['revoked', 'disowned'] as const;

/** Every way to a job: sockets of both kinds, by name and in lists, declared watches, and HTTP. */
export const WAYS: readonly Way[] = [
  { name: 'plain job', isPlain: true, losses: BY_NAME, look: subscribe, leave: unsubscribe },
  { name: 'framed job', losses: BY_NAME, look: subscribe, leave: unsubscribe },
  {
    name: 'sync of jobs',
    losses: BY_NAME,
    look: (reader, ids) => reader.ask('jobs:sync', named(ids)),
    leave: (reader) => reader.ask('jobs:sync', named([])),
  },
  {
    name: 'plain list',
    isPlain: true,
    losses: IN_LISTS,
    look: (reader) => reader.ask('jobs:subscribe:user'),
    leave: (reader) => reader.ask('jobs:unsubscribe:user'),
  },
  {
    name: 'framed list',
    losses: IN_LISTS,
    look: (reader) => reader.ask('jobs:subscribe:user'),
    leave: (reader) => reader.ask('jobs:unsubscribe:user'),
  },
  {
    name: 'sync of list and jobs',
    losses: IN_LISTS,
    look: (reader, ids) => reader.ask('jobs:sync', { ...named(ids), user: null }),
    leave: (reader) => reader.ask('jobs:sync', named([])),
  },
  {
    name: 'list of all',
    isAdmin: true,
    losses: ['revoked'],
    look: (reader) => reader.ask('jobs:subscribe:all'),
    leave: (reader) => reader.ask('jobs:unsubscribe:all'),
  },
  {
    name: 'plain list of all',
    isPlain: true,
    isAdmin: true,
    losses: ['revoked'],
    look: (reader) => reader.ask('jobs:subscribe:all'),
    leave: (reader) => reader.ask('jobs:unsubscribe:all'),
  },
  { name: 'HTTP job', losses: BY_NAME, look: (reader, ids) => every(ids, (id) => reader.fetch(`/${id}`)) },
  { name: 'HTTP history', losses: BY_NAME, look: (reader, ids) => every(ids, (id) => reader.fetch(`/${id}/history`)) },
  { name: 'HTTP result', losses: BY_NAME, look: (reader, ids) => every(ids, (id) => reader.fetch(`/${id}/result`)) },
  { name: 'HTTP list', losses: IN_LISTS, look: (reader) => reader.fetch('') },
  { name: 'HTTP sync', losses: IN_LISTS, look: (reader, ids) => reader.fetch('/sync', { ...named(ids), user: null }) },
];
