import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { parse } from 'yaml';

const ROOT = join(__dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Service {
  readonly image: string;
  readonly build?: { readonly target: string };
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly command?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: readonly string[];
}

const compose = parse(read('deploy/compose.yaml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: object;
};
const { services } = compose;
const dockerfile = read('deploy/Dockerfile');
const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].flatMap(([, found]) => found ?? []);

describe('compose.yaml', () => {
  it('starts two gateways, two workers, Redis and nginx', () => {
    expect(Object.keys(services).toSorted()).toEqual(['gateway-1', 'gateway-2', 'nginx', 'redis', 'worker-1', 'worker-2']);
  });

  it('sets variables that the server knows, and no others', () => {
    const known = matches(read('apps/jobs-gateway/README.md'), /`([A-Z]+(?:_[A-Z]+)*)`/g);
    const nodes = Object.entries(services).filter(([name]) => /^(gateway|worker)-/.test(name));
    for (const [, { environment = {} }] of nodes) {
      expect(known).toEqual(expect.arrayContaining(Object.keys(environment)));
      expect(environment).toMatchObject({ REDIS_HOST: 'redis', REDIS_PASSWORD: expect.stringContaining('REDIS_PASSWORD') });
    }
    expect(services['gateway-1']?.environment).toMatchObject({ TRUST_PROXY: 1, HOST: '0.0.0.0' });
  });

  it('asks for every secret, and .env.example names all that it asks for', () => {
    const asked = matches(read('deploy/compose.yaml'), /(?<!\$)\$\{?([A-Z_]+)/g);
    const offered = matches(read('deploy/.env.example'), /^([A-Z_]+)=/gm);
    expect(offered.toSorted()).toEqual([...new Set(asked)].toSorted());
  });

  it('gives all nodes one directory for files, and evicts nothing', () => {
    for (const name of ['gateway-1', 'gateway-2', 'worker-1', 'worker-2']) expect(services[name]?.volumes).toEqual(['files:/data']);
    expect(compose.volumes).toEqual({ files: null, redis: null });
    expect(services['redis']?.command?.join(' ')).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/);
  });

  it('builds what the Dockerfile has, and what nginx leads to', () => {
    const stages = matches(dockerfile, /^FROM \S+ AS (\w+)$/gm);
    const built = Object.values(services).flatMap(({ build }) => build?.target ?? []);
    expect(stages).toEqual(expect.arrayContaining(built));
    const upstreams = matches(read('deploy/nginx.conf'), /^\s*server (gateway-\d):3333 /gm);
    expect(new Set(upstreams)).toEqual(new Set(services['nginx']?.depends_on));
  });
});

describe('the Dockerfile', () => {
  it('copies what is there, and runs what the build makes, without rights', () => {
    const copied = matches(dockerfile, /^COPY (?:--from=build \/src\/)?(\S+) /gm).filter((path) => path !== '--from=packages');
    expect(copied).toEqual(['.', 'dist/apps/jobs-gateway', 'dist/apps/jobs-console/browser', 'deploy/nginx.conf']);
    expect(existsSync(join(ROOT, 'deploy/nginx.conf'))).toBe(true);
    for (const entry of ['main.js', 'worker.js']) expect(existsSync(join(ROOT, 'dist/apps/jobs-gateway', entry))).toBe(true);
    expect(services['worker-1']?.command?.at(-1)).toBe('worker.js');
    expect(dockerfile).toMatch(/\nUSER node\n[^]*\nHEALTHCHECK [^]*\nCMD \["node", "--enable-source-maps", "main.js"\]/);
  });

  it('installs every package that the bundles import', () => {
    const { dependencies } = JSON.parse(read('dist/apps/jobs-gateway/package.json')) as { dependencies: object };
    const bundles = ['main.js', 'worker.js', 'handlers/pdf-pages.worker.js'].map((path) => read(`dist/apps/jobs-gateway/${path}`));
    const imported = bundles.flatMap((bundle) =>
      matches(bundle, /^import (?:[^'"]* from )?["']((?:@[\w.-]+\/)?[a-z][\w.-]*)(?:\/[^'"]*)?["'];$/gm),
    );
    const packages = new Set(imported.filter((name) => !builtinModules.includes(name)));
    expect([...packages].filter((name) => !(name in dependencies))).toEqual([]);
    expect(packages.size).toBeGreaterThan(10);
  });
});
