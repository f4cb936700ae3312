import type { HarmoniaLimitsOptions } from '@harmonia/gateway';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { LimitsSchema } from './limit-variables.js';
import { JWT_VARIABLES, jwtConflicts, jwtLacking, jwtOf, type JwtConfig } from './jwt-variables.js';
import { OPERATIONS_VARIABLES, operationsOf, type OperationsConfig } from './operations-variables.js';
import { REDIS_VARIABLES, redisConflicts, redisOf, type RedisConfig } from './redis-variables.js';
import { hostName, wholeNumber, yesOrNo } from './variable.js';

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What went wrong at the start, in sentences for the person who started the server: each names a variable and its cure. */
export class StartError extends Error {
  override readonly name = 'StartError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** Each variable by its name, and the name by which other systems know it. */
const ALIASES = { CORS_ORIGINS: 'CORS_ORIGIN', JWT_SECRET: 'ACCESS_TOKEN_SECRET' } as const;

const CONSOLE_OF_DEMO = ['http://localhost:4200', 'http://127.0.0.1:4200'];

const list = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map((part) => part.trim())),
  v.transform((parts) => parts.filter((part) => part !== '')),
);

const isOrigin = (text: string): boolean => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;

const isProxy = (text: string): boolean => {
  const [address = '', bits, ...rest] = text.split('/');
  const prefix = isIP(address) === 6 ? 128 : 32;
  const isSubnet = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= prefix);
  return ['loopback', 'linklocal', 'uniquelocal'].includes(text) || (isIP(address) > 0 && isSubnet && rest.length === 0);
};

const TrustProxySchema = v.union(
  [
    v.pipe(
      v.literal('false'),
      v.transform((): false => false),
    ),
    wholeNumber(0, 100),
    v.pipe(list, v.minLength(1), v.everyItem(isProxy)),
  ],
  'Use the number of proxies in front of this server, or their addresses: 1, or 10.0.0.0/8,loopback. Leave it out without a proxy.',
);

/** The variables by their names; what is left out is undefined. */
const VariablesSchema = v.object({
  PORT: v.optional(wholeNumber(0, 65_535), '3333'),
  HOST: v.optional(hostName('Use an address of this machine: 127.0.0.1, 0.0.0.0 or a host name.')),
  ...JWT_VARIABLES,
  CORS_ORIGINS: v.optional(
    v.pipe(list, v.everyItem(isOrigin, 'Use addresses without a path, separated by commas: https://console.example,http://localhost:4200')),
  ),
  DATA_DIR: v.optional(
    v.pipe(
      v.string(),
      v.transform((path) => resolve(path)),
    ),
    'data',
  ),
  DEMO_AUTH: v.optional(yesOrNo, 'false'),
  LIMITS: v.optional(LimitsSchema),
  MAX_UPLOAD_BYTES: v.optional(wholeNumber(1, 2 ** 40), String(100 * 1024 * 1024)),
  TRUST_PROXY: v.optional(TrustProxySchema, 'false'),
  WEBSOCKET_ENABLED: v.optional(yesOrNo, 'true'),
  ...REDIS_VARIABLES,
  ...OPERATIONS_VARIABLES,
  RUN_JOBS: v.optional(yesOrNo),
  WORKER_CONCURRENCY: v.optional(wholeNumber(1, 1000), '2'),
});

/** Everything that the environment decides. */
export interface Config extends OperationsConfig {
  /** 0 is any free port. */
  readonly port: number;
  readonly host: string;
  /** The secret is null in the demo alone, which then keeps one of its own in the data directory. */
  readonly jwt: JwtConfig;
  /** Signs the tokens of shared jobs [A3]; null: a key derived from the secret of the sessions, if there is one. */
  readonly shareSecret: string | null;
  /** Origins of pages that may use this server, besides its own. */
  readonly corsOrigins: readonly string[];
  /** Absolute. */
  readonly dataDir: string;
  readonly demoAuth: boolean;
  /** What one client may have [L1]; what is left out has its default. */
  readonly limits: HarmoniaLimitsOptions;
  readonly maxUploadBytes: number;
  /** What Express calls `trust proxy`: how many proxies, or which. */
  readonly trustProxy: false | number | readonly string[];
  readonly websocketEnabled: boolean;
  /** Null: this process keeps the jobs in its data directory, alone. */
  readonly redis: RedisConfig | null;
  /** Whether this server runs jobs, too. */
  readonly runJobs: boolean;
  /** How many jobs this process runs at the same time. */
  readonly concurrency: number;
}

/**
 * Reads the configuration of a server. Nothing else than this file looks at `process.env`.
 *
 * @throws StartError that lists every wrong variable with its cure, and never a value
 * @example readConfig({ DEMO_AUTH: 'true', PORT: '0' }).host; // '127.0.0.1'
 */
export function readConfig(environment: Environment = process.env): Config {
  return read(environment, (variables) => [...jwtConflicts(variables), ...jwtLacking(variables)]);
}

/**
 * Reads the configuration of a process that only runs jobs: it needs Redis, and no secret.
 *
 * @throws StartError as {@link readConfig} does
 * @example readWorkerConfig({ REDIS_URL: 'redis://127.0.0.1', WORKER_CONCURRENCY: '4' }).concurrency; // 4
 */
export function readWorkerConfig(environment: Environment = process.env): Config {
  return read(environment, (variables) =>
    variables['REDIS_URL'] === undefined && variables['REDIS_HOST'] === undefined
      ? ['REDIS_URL: Set the Redis through which this worker gets its jobs. Without Redis the server runs them itself.']
      : [],
  );
}

function read(environment: Environment, lacking: (variables: Environment) => readonly string[]): Config {
  const { variables, conflicts } = withAliases(environment);
  const parsed = v.safeParse(VariablesSchema, variables, { abortPipeEarly: true });
  const wrong = (parsed.issues ?? []).map((issue) => `${v.getDotPath(issue) ?? ''}: ${issue.message}`);
  const problems = [...conflicts, ...redisConflicts(variables), ...wrong, ...lacking(variables)];
  if (!parsed.success || problems.length > 0) throw new StartError(problems);
  return configOf(parsed.output);
}

function configOf(variables: v.InferOutput<typeof VariablesSchema>): Config {
  const demoAuth = variables.DEMO_AUTH;
  const redis = redisOf(variables);
  return {
    port: variables.PORT,
    host: variables.HOST ?? (demoAuth ? '127.0.0.1' : '0.0.0.0'),
    jwt: jwtOf(variables),
    shareSecret: variables.SHARE_SECRET ?? null,
    corsOrigins: variables.CORS_ORIGINS ?? (demoAuth ? CONSOLE_OF_DEMO : []),
    dataDir: variables.DATA_DIR,
    demoAuth,
    limits: variables.LIMITS ?? {},
    maxUploadBytes: variables.MAX_UPLOAD_BYTES,
    trustProxy: variables.TRUST_PROXY,
    websocketEnabled: variables.WEBSOCKET_ENABLED,
    redis,
    ...operationsOf(variables),
    runJobs: variables.RUN_JOBS ?? redis === null,
    concurrency: variables.WORKER_CONCURRENCY,
  };
}

/** An empty variable is one that is not set; two names of one variable must not disagree. */
function withAliases(environment: Environment): { variables: Environment; conflicts: string[] } {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const conflicts = Object.entries(ALIASES).flatMap(([name, alias]) =>
    set[name] !== undefined && set[alias] !== undefined && set[name] !== set[alias]
      ? [`${name}: It is also set as ${alias}, to another value. Keep one of the two.`]
      : [],
  );
  const aliased = Object.entries(ALIASES).flatMap(([name, alias]) => (set[alias] === undefined ? [] : [[name, set[alias]] as const]));
  return { variables: { ...Object.fromEntries(aliased), ...set }, conflicts };
}
