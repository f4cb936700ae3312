import { RedisJobStore } from '@harmonia/job-engine';
import type { TcpLink } from '../rig/tcp-link.ts';
import { SECRET, tokenOf } from '../rig/token.ts';
import { PageSpectator } from './page-spectator.ts';
import { PlainSpectator } from './plain-spectator.ts';
import { roles, type Role, type Side } from './side.ts';
import type { Spectator } from './spectator.ts';

const MOST_JOBS = 2000;

/** Harmonia: real pages and plain clients; workers change jobs through the store, as a worker process does. */
export function harmonia(redisUrl: string, users: readonly string[]): Side {
  const open = () => RedisJobStore.open({ url: redisUrl, onTrouble: () => undefined });
  const [working, looking] = [open(), open()];
  return {
    apply: (changes) => working.apply(changes),
    readAll: async () => {
      const { jobs } = await looking.list({ scope: 'all', limit: MOST_JOBS });
      const { records } = await looking.read(jobs.map(({ id }) => id));
      return [...records.values()].map(({ job }) => job);
    },
    stream: '{harmonia:p0}:events',
    env: { JWT_SECRET: SECRET, DEMO_AUTH: 'false' },
    cast: [
      ...users.flatMap((user) => roles(user, 'list', 3, false)),
      ...users.flatMap((user) => roles(user, 'details', 4, false)),
      ...users.flatMap((user) => [...roles(user, 'list', 1, true), ...roles(user, 'details', 1, true)]),
      ...roles('admin', 'details', 1, false),
      ...roles('admin', 'everything', 1, true),
    ],
    open: spectatorOf,
  };
}

async function spectatorOf({ name, userId, view, isPlain }: Role, link: TcpLink): Promise<Spectator> {
  const isAdmin = userId === 'admin';
  const token = tokenOf(userId, isAdmin ? { roles: ['admin'] } : {});
  if (!isPlain) return PageSpectator.open({ name, userId, token, isList: view === 'list', isAdmin }, link);
  const list = { list: 'user', everything: 'all', details: null } as const;
  return new PlainSpectator({ name, userId, token, list: list[view] }, link);
}
