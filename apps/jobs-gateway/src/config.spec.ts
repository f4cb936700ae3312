import { generateKeyPairSync } from 'node:crypto';
import { resolve } from 'node:path';
import { readConfig, readWorkerConfig, StartError, type Config, type Environment } from './config.js';
import type { RedisConfig } from './redis-variables.js';

const SECRET = 'a-secret-of-more-than-thirty-two-bytes';
const JWKS = 'https://id.example/keys';
const { publicKey, privateKey } = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const DEMO: Environment = { DEMO_AUTH: 'true' };

const onRedis = (url: string, more: Partial<RedisConfig> = {}): Partial<Config> => ({
  redis: { url, prefix: 'harmonia', partitions: 1, ...more },
});

function problemsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof StartError) return error.problems;
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  it('needs nothing but a secret', () => {
    expect(readConfig({ JWT_SECRET: SECRET })).toEqual({
      port: 3333,
      host: '0.0.0.0',
      jwt: { secret: SECRET },
      shareSecret: null,
      corsOrigins: [],
      dataDir: resolve('data'),
      demoAuth: false,
      limits: {},
      maxUploadBytes: 104_857_600,
      trustProxy: false,
      websocketEnabled: true,
      redis: null,
      metrics: null,
      log: { level: 'info', format: null },
      drainMs: 0,
      runJobs: true,
      concurrency: 2,
    } satisfies Config);
  });

  it('needs nothing in the demo, which stays on this machine and lets its console in', () => {
    expect(readConfig(DEMO)).toMatchObject({
      host: '127.0.0.1',
      jwt: { secret: null },
      demoAuth: true,
      corsOrigins: ['http://localhost:4200', 'http://127.0.0.1:4200'],
    });
  });

  it.each<[string, Environment, Partial<Config>]>([
    ['PORT', { PORT: '0' }, { port: 0 }],
    ['LIMITS', { LIMITS: 'burst=80, socketsPerUser=5' }, { limits: { burst: 80, socketsPerUser: 5 } }],
    ['METRICS_PORT', { METRICS_PORT: '9464' }, { metrics: { host: '127.0.0.1', port: 9464 } }],
    ['METRICS_HOST', { METRICS_PORT: '0', METRICS_HOST: '0.0.0.0' }, { metrics: { host: '0.0.0.0', port: 0 } }],
    ['LOG_LEVEL', { LOG_LEVEL: 'debug' }, { log: { level: 'debug', format: null } }],
    ['LOG_FORMAT', { LOG_FORMAT: 'json' }, { log: { level: 'info', format: 'json' } }],
    ['DRAIN_MS', { DRAIN_MS: '2000' }, { drainMs: 2000 }],
    ['HOST', { HOST: '::1' }, { host: '::1' }],
    ['HOST over the demo', { HOST: '0.0.0.0' }, { host: '0.0.0.0', demoAuth: true }],
    ['JWT_SECRET', { JWT_SECRET: SECRET }, { jwt: { secret: SECRET } }],
    ['ACCESS_TOKEN_SECRET', { ACCESS_TOKEN_SECRET: SECRET }, { jwt: { secret: SECRET } }],
    ['both names of the secret', { JWT_SECRET: SECRET, ACCESS_TOKEN_SECRET: SECRET }, { jwt: { secret: SECRET } }],
    [
      'CORS_ORIGINS',
      { CORS_ORIGINS: 'https://a.example, http://b.example:81' },
      { corsOrigins: ['https://a.example', 'http://b.example:81'] },
    ],
    ['CORS_ORIGIN', { CORS_ORIGIN: 'https://a.example' }, { corsOrigins: ['https://a.example'] }],
    ['DATA_DIR', { DATA_DIR: '/srv/jobs' }, { dataDir: '/srv/jobs' }],
    ['MAX_UPLOAD_BYTES', { MAX_UPLOAD_BYTES: '1024' }, { maxUploadBytes: 1024 }],
    ['TRUST_PROXY off', { TRUST_PROXY: 'false' }, { trustProxy: false }],
    ['TRUST_PROXY by number', { TRUST_PROXY: '2' }, { trustProxy: 2 }],
    ['TRUST_PROXY by address', { TRUST_PROXY: 'loopback, 10.0.0.0/8,::1' }, { trustProxy: ['loopback', '10.0.0.0/8', '::1'] }],
    ['WEBSOCKET_ENABLED', { WEBSOCKET_ENABLED: 'false' }, { websocketEnabled: false }],
    ['RUN_JOBS', { RUN_JOBS: 'false' }, { runJobs: false }],
    ['no RUN_JOBS with Redis', { REDIS_HOST: 'redis' }, { runJobs: false }],
    ['RUN_JOBS with Redis', { REDIS_HOST: 'redis', RUN_JOBS: 'true' }, { runJobs: true }],
    ['WORKER_CONCURRENCY', { WORKER_CONCURRENCY: '8' }, { concurrency: 8 }],
    ['REDIS_URL', { REDIS_URL: 'rediss://me:p%40ss@redis.example:6380/2' }, onRedis('rediss://me:p%40ss@redis.example:6380/2')],
    ['REDIS_URL with a family', { REDIS_URL: 'redis://redis.example?family=6' }, onRedis('redis://redis.example?family=6')],
    ['REDIS_HOST', { REDIS_HOST: 'redis' }, onRedis('redis://redis:6379')],
    ['REDIS_HOST with an IPv6 address', { REDIS_HOST: '::1', REDIS_PORT: '7000' }, onRedis('redis://[::1]:7000')],
    ['REDIS_PASSWORD', { REDIS_HOST: '10.0.0.9', REDIS_PASSWORD: 'a@b/c:d' }, onRedis('redis://:a%40b%2Fc%3Ad@10.0.0.9:6379')],
    ['REDIS_PREFIX', { REDIS_HOST: 'redis', REDIS_PREFIX: 'shop:jobs' }, onRedis('redis://redis:6379', { prefix: 'shop:jobs' })],
    ['REDIS_PARTITIONS', { REDIS_HOST: 'redis', REDIS_PARTITIONS: '16' }, onRedis('redis://redis:6379', { partitions: 16 })],
    ['SHARE_SECRET', { SHARE_SECRET: SECRET }, { shareSecret: SECRET }],
    ['JWT_ISSUER', { JWT_ISSUER: 'https://id.example' }, { jwt: { secret: null, issuer: 'https://id.example' } }],
    ['JWT_AUDIENCE', { JWT_AUDIENCE: 'jobs' }, { jwt: { secret: null, audience: 'jobs' } }],
    ['JWT_CLOCK_TOLERANCE', { JWT_CLOCK_TOLERANCE: '5' }, { jwt: { secret: null, clockToleranceSeconds: 5 } }],
    ['empty variables', { PORT: '', JWT_SECRET: ' ' }, { port: 3333, jwt: { secret: null } }],
  ])('reads %s', (_, environment, expected) => {
    expect(readConfig({ ...DEMO, ...environment })).toMatchObject(expected);
  });

  it.each<[string, Environment]>([
    ['PORT', { PORT: '65536' }],
    ['PORT', { PORT: '3333x' }],
    ['PORT', { PORT: '-1' }],
    ['LIMITS', { LIMITS: 'nothing=5' }],
    ['LIMITS', { LIMITS: 'burst=0' }],
    ['LIMITS', { LIMITS: 'burst' }],
    ['HOST', { HOST: 'http://localhost' }],
    ['JWT_SECRET', { JWT_SECRET: 'short' }],
    ['JWT_SECRET', { ACCESS_TOKEN_SECRET: 'short' }],
    ['JWT_SECRET', { JWT_SECRET: SECRET, ACCESS_TOKEN_SECRET: `${SECRET}!` }],
    ['JWT_SECRET', { DEMO_AUTH: 'false' }],
    ['JWT_JWKS_URL', { DEMO_AUTH: 'false', JWT_JWKS_URL: 'http://id.example/keys' }],
    ['JWT_JWKS_URL', { DEMO_AUTH: 'false', JWT_JWKS_URL: 'id.example' }],
    ['JWT_JWKS_URL', { DEMO_AUTH: 'false', JWT_SECRET: SECRET, JWT_JWKS_URL: JWKS }],
    ['JWT_PUBLIC_KEY', { DEMO_AUTH: 'false', JWT_PUBLIC_KEY: 'none' }],
    ['JWT_PUBLIC_KEY', { DEMO_AUTH: 'false', JWT_PUBLIC_KEY: privateKey }],
    ['JWT_PUBLIC_KEY', { DEMO_AUTH: 'false', JWT_JWKS_URL: JWKS, JWT_PUBLIC_KEY: publicKey }],
    ['JWT_CLOCK_TOLERANCE', { JWT_CLOCK_TOLERANCE: '6' }],
    ['DEMO_AUTH', { JWT_JWKS_URL: JWKS }],
    ['DEMO_AUTH', { JWT_SECRET: SECRET, NODE_ENV: 'production' }],
    ['CORS_ORIGINS', { CORS_ORIGINS: 'https://a.example/path' }],
    ['CORS_ORIGINS', { CORS_ORIGINS: '*' }],
    ['CORS_ORIGINS', { CORS_ORIGINS: 'https://a.example,ftp://b.example' }],
    ['CORS_ORIGINS', { CORS_ORIGINS: 'https://a.example', CORS_ORIGIN: 'https://b.example' }],
    ['MAX_UPLOAD_BYTES', { MAX_UPLOAD_BYTES: '0' }],
    ['MAX_UPLOAD_BYTES', { MAX_UPLOAD_BYTES: '10MB' }],
    ['TRUST_PROXY', { TRUST_PROXY: 'true' }],
    ['TRUST_PROXY', { TRUST_PROXY: '10.0.0.0/33' }],
    ['TRUST_PROXY', { TRUST_PROXY: 'my-proxy' }],
    ['WEBSOCKET_ENABLED', { WEBSOCKET_ENABLED: 'no' }],
    ['RUN_JOBS', { RUN_JOBS: '1' }],
    ['WORKER_CONCURRENCY', { WORKER_CONCURRENCY: '0' }],
    ['REDIS_URL', { REDIS_URL: 'localhost:6379' }],
    ['REDIS_URL', { REDIS_URL: 'http://localhost:6379' }],
    ['REDIS_URL', { REDIS_URL: 'redis://' }],
    ['REDIS_URL', { REDIS_URL: 'redis://localhost:port' }],
    ['REDIS_URL', { REDIS_URL: 'redis://localhost/jobs' }],
    ['REDIS_URL', { REDIS_URL: 'redis://localhost?tls=true' }],
    ['REDIS_URL', { REDIS_URL: 'redis://:50%@localhost' }],
    ['REDIS_URL', { REDIS_URL: 'redis://localhost', REDIS_HOST: 'localhost' }],
    ['REDIS_URL', { REDIS_URL: 'redis://localhost', REDIS_PASSWORD: 'hunter2' }],
    ['REDIS_HOST', { REDIS_HOST: 'redis://localhost' }],
    ['REDIS_PORT', { REDIS_HOST: 'localhost', REDIS_PORT: 'tcp://10.0.0.1:6379' }],
    ['REDIS_PORT', { REDIS_PORT: '6379' }],
    ['REDIS_PASSWORD', { REDIS_PASSWORD: 'hunter2' }],
    ['REDIS_PREFIX', { REDIS_HOST: 'localhost', REDIS_PREFIX: '{slot}' }],
    ['SHARE_SECRET', { SHARE_SECRET: 'x'.repeat(31) }],
    ['REDIS_PREFIX', { REDIS_PREFIX: 'shop' }],
    ['REDIS_PARTITIONS', { REDIS_HOST: 'localhost', REDIS_PARTITIONS: '0' }],
    ['REDIS_PARTITIONS', { REDIS_PARTITIONS: '2' }],
  ])('stops the start at a wrong %s: %j', (variable, environment) => {
    const problems = problemsOf({ ...DEMO, ...environment });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${variable}: [A-Z].{10,}`));
  });

  it.each<[string, Environment, Config['jwt']]>([
    ['JWT_JWKS_URL', { JWT_JWKS_URL: JWKS, JWT_ISSUER: 'https://id.example' }, { jwksUrl: JWKS, issuer: 'https://id.example' }],
    ['JWT_PUBLIC_KEY', { JWT_PUBLIC_KEY: publicKey }, { publicKey }],
    ['JWT_PUBLIC_KEY on one line', { JWT_PUBLIC_KEY: publicKey.replaceAll('\n', '\\n') }, { publicKey }],
  ])('needs no secret with %s', (_, environment, jwt) => expect(readConfig(environment)).toMatchObject({ demoAuth: false, jwt }));

  it('stops the start of a demo in production, and says what to do', () => {
    expect(problemsOf({ ...DEMO, NODE_ENV: 'production' })).toEqual([
      'DEMO_AUTH: Anyone could sign in as anybody, which NODE_ENV=production forbids. Leave it out, and set JWT_SECRET, JWT_JWKS_URL or JWT_PUBLIC_KEY.',
    ]);
    expect(problemsOf({ JWT_SECRET: SECRET, NODE_ENV: 'production' })).toEqual([]);
  });

  it('stops the start at a DEMO_AUTH that is neither true nor false', () => {
    expect(problemsOf({ DEMO_AUTH: 'yes', JWT_SECRET: SECRET })).toEqual(['DEMO_AUTH: Use true or false.']);
  });

  it('says of a list of servers what could not use it', () => {
    const urls = ['a', 'b', 'c'].map((host) => `redis://:hunter2@${host}.example:7000`);
    for (const list of [urls.join(), urls.join(', ')]) {
      const reading = () => readConfig({ ...DEMO, REDIS_URL: list });
      expect(reading).toThrow(/^REDIS_URL: It names several servers[^\n]+ BullMQ [^\n]+ docs\/redis-keys\.md says\.$/);
      expect(reading).not.toThrow(/hunter2/);
    }
  });

  it('lists all problems at once', () => {
    const problems = problemsOf({ PORT: 'x', DEMO_AUTH: 'maybe', TRUST_PROXY: 'true', WEBSOCKET_ENABLED: '1' });
    expect(problems.map((problem) => problem.split(':')[0]).toSorted()).toEqual([
      'DEMO_AUTH',
      'JWT_SECRET',
      'PORT',
      'TRUST_PROXY',
      'WEBSOCKET_ENABLED',
    ]);
  });

  it('never repeats a value, least of all a secret', () => {
    const secret = 'hunter2';
    const all = {
      PORT: secret,
      HOST: `${secret}/`,
      JWT_SECRET: secret,
      CORS_ORIGINS: secret,
      TRUST_PROXY: secret,
      MAX_UPLOAD_BYTES: secret,
      REDIS_URL: secret,
      REDIS_HOST: `${secret}/`,
      REDIS_PORT: secret,
      REDIS_PASSWORD: secret,
    };
    const problems = problemsOf({ ...all, ACCESS_TOKEN_SECRET: `${secret}!`, DEMO_AUTH: secret, WEBSOCKET_ENABLED: secret });
    expect(problems.length).toBeGreaterThanOrEqual(12);
    expect(problems.join('\n')).not.toContain(secret);
  });
});

describe('readWorkerConfig', () => {
  it('needs Redis, and no secret', () => {
    expect(readWorkerConfig({ REDIS_HOST: 'redis', WORKER_CONCURRENCY: '4' })).toMatchObject({ concurrency: 4, jwt: { secret: null } });
    expect(() => readWorkerConfig({ JWT_SECRET: SECRET })).toThrow(/^REDIS_URL: Set [^\n]+$/);
  });
});
