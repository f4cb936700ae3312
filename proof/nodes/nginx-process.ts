import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../test-processes/free-port.ts';
import { OwnProcess } from '../../test-processes/own-process.ts';

const CONFIGURATION = new URL('../../deploy/nginx.conf', import.meta.url);

/** What this machine lacks to run nginx as it is deployed. */
export const lacking = (): readonly string[] =>
  [
    { program: 'nginx', args: ['-v'] },
    { program: 'openssl', args: ['version'] },
    { program: 'redis-server', args: ['--version'] },
  ].flatMap(({ program, args }) => (spawnSync(program, args).status === 0 ? [] : [program]));

/** What stands before and behind. */
export interface NginxOptions {
  /** The ports of the two gateways. */
  readonly gateways: readonly [number, number];
  /** The folder with the console. */
  readonly pages: string;
  /** The port for TLS; any that is free when left out. */
  readonly port?: number;
}

/** Debian's nginx with the configuration of `deploy`, in which only names, ports and folders are those of this machine. */
export class NginxProcess {
  readonly port: number;
  /** Without TLS. */
  readonly plainPort: number;
  private readonly own: OwnProcess;
  private readonly directory: string;

  private constructor(own: OwnProcess, directory: string, ports: { readonly port: number; readonly plainPort: number }) {
    this.own = own;
    this.directory = directory;
    this.port = ports.port;
    this.plainPort = ports.plainPort;
  }

  static async start(options: NginxOptions): Promise<NginxProcess> {
    const directory = await mkdtemp(join(tmpdir(), 'harmonia-nginx-'));
    const ports = { port: options.port ?? (await freePort()), plainPort: await freePort() };
    await makeCertificate(join(directory, 'certs'));
    const configuration = await hereOf(await readFile(CONFIGURATION, 'utf8'), directory, { ...options, ...ports });
    await writeFile(join(directory, 'nginx.conf'), configuration);
    // one process, so that nothing stays when it is killed
    const own = new OwnProcess('nginx', ['-p', directory, '-c', join(directory, 'nginx.conf'), '-g', 'daemon off; master_process off;'], {
      PATH: process.env['PATH'],
    });
    const nginx = new NginxProcess(own, directory, ports);
    while (own.alive && !(await nginx.answers())) continue;
    if (!own.alive) throw new Error(`nginx ended: ${own.output}`);
    return nginx;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  get plainUrl(): string {
    return `http://127.0.0.1:${this.plainPort}`;
  }

  /** The throw-away certificate, for clients that are to trust it. */
  certificate(): Promise<string> {
    return readFile(join(this.directory, 'certs/tls.crt'), 'utf8');
  }

  /** The lines of its access log: address, method, path, status, seconds, and which gateway was asked. */
  async requests(): Promise<readonly string[]> {
    return (await readFile(join(this.directory, 'access.log'), 'utf8')).split('\n').filter((line) => line !== '');
  }

  async stop(): Promise<void> {
    await this.own.kill();
    await rm(this.directory, { recursive: true, force: true });
  }

  private async answers(): Promise<boolean> {
    return fetch(this.plainUrl, { redirect: 'manual' }).then(
      () => true,
      () => false,
    );
  }
}

async function makeCertificate(directory: string): Promise<void> {
  await mkdir(directory);
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const files = ['-keyout', join(directory, 'tls.key'), '-out', join(directory, 'tls.crt')];
  const { status, stderr } = spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names, ...files]);
  if (status !== 0) throw new Error(`openssl made no certificate: ${stderr.toString()}`);
}

type Here = Required<NginxOptions> & { readonly plainPort: number };

/** The configuration for this machine. What is to be replaced has to be there, so that the file cannot become another one unseen. */
async function hereOf(configuration: string, directory: string, { gateways, pages, port, plainPort }: Here): Promise<string> {
  const types = join(directory, 'mime.types');
  await copyFile('/etc/nginx/mime.types', types);
  const replacements: readonly (readonly [string, string, number])[] = [
    ['/etc/nginx/mime.types', types, 1],
    ['/tmp/nginx.pid', join(directory, 'nginx.pid'), 1],
    ['/dev/stdout', join(directory, 'access.log'), 1],
    ['listen 80;', `listen 127.0.0.1:${plainPort};`, 1],
    ['listen 443 ', `listen 127.0.0.1:${port} `, 1],
    ['gateway-1:3333', `127.0.0.1:${gateways[0]}`, 2],
    ['gateway-2:3333', `127.0.0.1:${gateways[1]}`, 2],
    ['/srv/console', pages, 1],
  ];
  return replacements.reduce((text, [word, replacement, times]) => {
    const parts = text.split(word);
    if (parts.length !== times + 1) throw new Error(`deploy/nginx.conf says "${word}" ${parts.length - 1} times, not ${times}.`);
    return parts.join(replacement);
  }, configuration);
}
