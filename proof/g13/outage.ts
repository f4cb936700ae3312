import type { RedisServer } from '../../test-processes/redis-server.ts';
import type { TcpLink } from '../rig/tcp-link.ts';

const PASSWORD = 'of-another-day';

/** What can be broken: a Redis, the wire to it, and a gateway. */
export interface OutageStage {
  readonly redis: RedisServer;
  readonly link: TcpLink;
  /** Starts the gateway anew, while it is as it is. */
  readonly restart: () => Promise<void>;
}

/** A way in which Redis cannot be used. */
export interface Outage {
  readonly kind: string;
  /** The code that the log has to name. */
  readonly code: string;
  readonly begin: (stage: OutageStage) => Promise<void> | void;
  readonly end: (stage: OutageStage) => Promise<void> | void;
}

const config = (name: string, value: string) => (stage: OutageStage) => void stage.redis.command('CONFIG', 'SET', name, value);

const demandPassword = ({ redis }: OutageStage) => {
  redis.command('CONFIG', 'SET', 'requirepass', PASSWORD);
  redis.command('-a', PASSWORD, 'CLIENT', 'KILL', 'TYPE', 'NORMAL', 'SKIPME', 'yes');
};
const forgetPassword = ({ redis }: OutageStage) => void redis.command('-a', PASSWORD, 'CONFIG', 'SET', 'requirepass', '');
const heal = ({ link }: OutageStage) => void (link.weather = {});

/** Each kind of trouble, with its end. */
export const OUTAGES: readonly Outage[] = [
  {
    kind: 'missing at start',
    code: 'redis-away',
    begin: async ({ redis, restart }) => {
      await redis.kill();
      await restart();
    },
    end: ({ redis }) => redis.start(),
  },
  { kind: 'killed', code: 'redis-away', begin: ({ redis }) => redis.kill(), end: ({ redis }) => redis.start() },
  { kind: 'frozen', code: 'redis-slow', begin: ({ redis }) => redis.pause(), end: ({ redis }) => redis.resume() },
  { kind: 'slow', code: 'redis-slow', begin: ({ link }) => void (link.weather = { delayMs: 6000 }), end: heal },
  {
    kind: 'takes too few replicas',
    code: 'redis-read-only',
    begin: config('min-replicas-to-write', '1'),
    end: config('min-replicas-to-write', '0'),
  },
  {
    kind: 'became a replica',
    code: 'redis-read-only',
    begin: ({ redis }) => void redis.command('REPLICAOF', '127.0.0.1', '1'),
    end: ({ redis }) => void redis.command('REPLICAOF', 'NO', 'ONE'),
  },
  { kind: 'full', code: 'redis-full', begin: config('maxmemory', '1'), end: config('maxmemory', '0') },
  { kind: 'wants another password', code: 'redis-password', begin: demandPassword, end: forgetPassword },
  {
    kind: 'wants another password at start',
    code: 'redis-password',
    begin: async (stage) => {
      demandPassword(stage);
      await stage.restart();
    },
    end: forgetPassword,
  },
  {
    kind: 'refuses connections',
    code: 'redis-away',
    begin: ({ link }) => {
      link.weather = { refuses: true };
      link.cut();
    },
    end: heal,
  },
  { kind: 'swallowed by the network', code: 'redis-slow', begin: ({ link }) => void (link.weather = { blackHole: 'both' }), end: heal },
];
