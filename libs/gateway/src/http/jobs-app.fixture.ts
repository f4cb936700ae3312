import { REFUSALS, RefusalSchema, type RefusalCode } from '@harmonia/contract';
import { DiskFileStore, HarmoniaJobsModule, JobPublisher, SqliteJobStore, type HarmoniaJobsOptions } from '@harmonia/job-engine';
import type { INestApplication, LoggerService, ModuleMetadata } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Test } from '@nestjs/testing';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import type { HarmoniaGatewayOptions, HarmoniaHttpOptions } from '../gateway-options.js';
import { HarmoniaGatewayModule } from '../gateway.module.js';

export const SECRET = 'a secret of the specs that is long enough';

const tokens = new JwtService({ secret: SECRET });

/** What each role of the specs says with its requests. */
export const TOKENS = {
  ann: tokens.sign({ sub: 'ann' }, { expiresIn: '1h' }),
  ben: tokens.sign({ sub: 'ben' }, { expiresIn: '1h' }),
  admin: tokens.sign({ sub: 'root', roles: ['admin'] }, { expiresIn: '1h' }),
  reporter: tokens.sign({ sub: 'worker', scope: 'jobs:report' }, { expiresIn: '1h' }),
  expired: tokens.sign({ sub: 'ann' }, { expiresIn: '-1s' }),
  endless: tokens.sign({ sub: 'ann' }),
  nobodys: tokens.sign({ roles: ['admin'] }, { expiresIn: '1h' }),
  foreign: new JwtService({ secret: `${SECRET}, but another` }).sign({ sub: 'ann' }, { expiresIn: '1h' }),
  otherAlgorithm: tokens.sign({ sub: 'ann' }, { expiresIn: '1h', algorithm: 'HS512' }),
  unsigned: `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${Buffer.from('{"sub":"ann","exp":4102444800}').toString('base64url')}.`,
  garbage: 'garbage',
};

export type Role = keyof typeof TOKENS;

/** An answer of the server; its body, when it is JSON, is looked at freely by the specs. */
export type Answer = Awaited<ReturnType<JobsApp['call']>>;

export interface Call {
  /** Null: without a token. Default `ann`. */
  readonly as?: Role | null;
  readonly json?: unknown;
  readonly form?: FormData;
  readonly raw?: { readonly type: string; readonly body: string };
  readonly headers?: Record<string, string>;
}

/** How the application of a spec differs from the usual one. */
export interface JobsAppOptions {
  readonly jobs?: Partial<HarmoniaJobsOptions>;
  readonly gateway?: Partial<HarmoniaGatewayOptions>;
  readonly http?: HarmoniaHttpOptions | false;
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  readonly logger?: LoggerService | false;
  readonly prepare?: (app: INestApplication) => void;
}

/** A real application on a free port, with a store in memory and files in a directory of its own. */
export class JobsApp {
  private constructor(
    readonly app: INestApplication,
    readonly url: string,
    private readonly directory: string,
  ) {}

  static async start({ jobs, gateway, http = {}, imports = [], logger = false, prepare }: JobsAppOptions = {}): Promise<JobsApp> {
    const directory = await mkdtemp(join(tmpdir(), 'harmonia-http-'));
    const testing = await Test.createTestingModule({
      imports: [
        HarmoniaJobsModule.forRoot({
          store: SqliteJobStore.open({ directory: ':memory:' }),
          files: new DiskFileStore(directory),
          runner: false,
          jobTypes: ['simulate', 'pdf-notes'],
          ...jobs,
        }),
        HarmoniaGatewayModule.forRoot({ jwt: { secret: SECRET }, ...gateway, sockets: false, http } as never),
        ...imports,
      ],
    }).compile();
    const app = testing.createNestApplication({ logger });
    prepare?.(app);
    await app.listen(0, '127.0.0.1');
    return new JobsApp(app, await app.getUrl(), directory);
  }

  get port(): number {
    return (this.app.getHttpServer().address() as AddressInfo).port;
  }

  get publisher(): JobPublisher {
    return this.app.get(JobPublisher);
  }

  async call(method: string, path: string, { as = 'ann', json, form, raw, headers = {} }: Call = {}) {
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        ...(as && { authorization: `Bearer ${TOKENS[as]}` }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(raw && { 'content-type': raw.type }),
        ...headers,
      },
      body: json === undefined ? (form ?? raw?.body ?? null) : JSON.stringify(json),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json');
    return { status: answer.status, headers: answer.headers, text, body: JSON.parse(isJson ? text : 'null') };
  }

  /** Every file on the disk of the application, staged ones too. */
  async files(): Promise<string[]> {
    const entries = await readdir(this.directory, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(this.directory.length + 1));
  }

  async stop(): Promise<void> {
    await this.app.close();
    await rm(this.directory, { recursive: true });
  }
}

export type Content = string | Uint8Array<ArrayBuffer>;

/** A form with a file, as a browser sends it. */
export function formOf(
  fields: Record<string, string | readonly string[]>,
  file?: { name: string; content: Content; type?: string },
): FormData {
  const form = new FormData();
  for (const [name, values] of Object.entries(fields)) for (const value of [values].flat()) form.append(name, value);
  if (file) form.append('file', new Blob([file.content], { type: file.type ?? 'text/plain' }), file.name);
  return form;
}

/** The code of a refusal, when it has the shape and the status that the table promises. */
export function refusal({ status, body }: Answer): RefusalCode {
  const { code } = v.parse(v.object({ error: RefusalSchema }), body).error;
  expect(status).toBe(REFUSALS[code].status);
  return code;
}

/** Waits for what nobody announces, such as a file on the disk. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 4000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('What was waited for did not happen.');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
