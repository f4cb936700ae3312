import { isIP } from 'node:net';
import * as v from 'valibot';
import { hostName, wholeNumber } from './variable.js';

const URL_CURE = 'Use redis://user:password@host:6379/0, or rediss://… for TLS; letters that a URL cannot hold are written as %40.';

const CLUSTER_CURE =
  'It names several servers, as those of a Redis Cluster: the store of jobs could use them, the queue of BullMQ and the limits that nodes count together could not. Name one server that holds everything, or compose an application of your own as docs/redis-keys.md says.';

/** Neither an address nor a password has a comma in it: there it is written as %2C. */
const isOneServer = (text: string): boolean => !/,\s*rediss?:\/\//.test(text);

const isRedisUrl = (text: string): boolean => {
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { hostname, pathname, search, hash, username, password } = new URL(text);
  const asksNoMore = /^(\?family=[046])?$/.test(search) && hash === '';
  return hostname !== '' && /^\/?\d*$/.test(pathname) && asksNoMore && [username, password].every(isDecodable);
};

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** The variables that say where Redis is and how it is used. */
export const REDIS_VARIABLES = {
  REDIS_URL: v.optional(v.pipe(v.string(), v.check(isOneServer, CLUSTER_CURE), v.check(isRedisUrl, URL_CURE))),
  REDIS_HOST: v.optional(hostName('Use the name or the address of the machine alone: redis.example.')),
  REDIS_PORT: v.optional(wholeNumber(1, 65_535)),
  REDIS_PASSWORD: v.optional(v.string()),
  REDIS_PREFIX: v.optional(v.pipe(v.string(), v.regex(/^[\w.:-]{1,64}$/, 'Use up to 64 letters, digits and . : _ -')), 'harmonia'),
  REDIS_PARTITIONS: v.optional(wholeNumber(1, 256), '1'),
};

/** Where the jobs of many nodes are kept. */
export interface RedisConfig {
  /** With the password: never to be logged. */
  readonly url: string;
  /** Before every key. */
  readonly prefix: string;
  /** Over how many slots of a cluster the jobs are spread [F4]. */
  readonly partitions: number;
}

/** What cannot be said together, each with its cure. */
export function redisConflicts(variables: Readonly<Record<string, string | undefined>>): string[] {
  const isSet = (name: keyof typeof REDIS_VARIABLES) => variables[name] !== undefined;
  const problems = new Array<string>();
  const parts = (['REDIS_HOST', 'REDIS_PORT', 'REDIS_PASSWORD'] as const).filter(isSet);
  if (isSet('REDIS_URL') && parts.length > 0)
    problems.push(`REDIS_URL: It says what ${parts.join(' and ')} would say. Keep REDIS_URL, or REDIS_HOST with its port and password.`);
  if (isSet('REDIS_URL') || isSet('REDIS_HOST')) return problems;
  const idle = ([...parts, 'REDIS_PREFIX', 'REDIS_PARTITIONS'] as const).filter(isSet);
  return idle.map((name) => `${name}: There is no Redis that it could speak of. Set REDIS_HOST or REDIS_URL too, or leave it out.`);
}

type RedisVariables = v.InferOutput<ReturnType<typeof v.object<typeof REDIS_VARIABLES>>>;

/** Null when no Redis is named: then jobs are kept in the data directory. */
export function redisOf(variables: RedisVariables): RedisConfig | null {
  const { REDIS_HOST: host, REDIS_PORT: port = 6379, REDIS_PASSWORD: password } = variables;
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  const named = host && `redis://${secret}${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const url = variables.REDIS_URL ?? named;
  return url === undefined ? null : { url, prefix: variables.REDIS_PREFIX, partitions: variables.REDIS_PARTITIONS };
}
