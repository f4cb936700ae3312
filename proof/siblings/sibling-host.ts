import { HarmoniaGatewayModule, JobsGateway, useHarmoniaSockets } from '@harmonia/gateway';
import { DiskFileStore, HarmoniaJobsModule, JobPublisher, SqliteJobStore, type JobDraft } from '@harmonia/job-engine';
import type { ModuleMetadata } from '@nestjs/common';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GuideHost } from '../g16-guide/guide-host.ts';
import type { RememberingClient } from '../g16-guide/remembering-client.ts';
import { SECRET, tokenOf } from '../rig/token.ts';

type GatewayOptions = Parameters<typeof HarmoniaGatewayModule.forRoot>[0];

/** What the code of a document reads: where its server is, and who it is. */
export interface Gateway {
  url: string;
  token: string;
}

/** A Nest application with Harmonia and the services of a document in it, with real sockets and HTTP. */
export class SiblingHost {
  private constructor(private readonly host: GuideHost) {}

  static async start(module: ModuleMetadata, options: Partial<GatewayOptions> = {}): Promise<SiblingHost> {
    const imports = [
      HarmoniaJobsModule.forRoot({
        store: () => SqliteJobStore.open({ directory: ':memory:' }),
        // nothing here writes a file
        files: new DiskFileStore(join(tmpdir(), 'harmonia-siblings')),
        runner: false,
      }),
      HarmoniaGatewayModule.forRoot({ jwt: { secret: SECRET }, ...options } as GatewayOptions),
    ];
    return new SiblingHost(await GuideHost.start({ ...module, imports }, JobsGateway as never, useHarmoniaSockets));
  }

  get url(): string {
    return this.host.url;
  }

  get publisher(): JobPublisher {
    return this.get(JobPublisher);
  }

  get<Service>(type: abstract new (...args: never[]) => Service): Service {
    return this.host.app.get<Service>(type as never, { strict: false });
  }

  async job(id: string, more: Partial<JobDraft> = {}): Promise<string> {
    return (await this.publisher.created({ id, userId: 'ada', jobType: 'external', ...more })).id;
  }

  /** A plain client that has connected; this user is an admin when `roles` says so. */
  client(userId: string, roles: readonly string[] = []): Promise<RememberingClient> {
    return this.host.client(tokenOf(userId, { roles }));
  }

  membership(room: string, client: RememberingClient, isIn: boolean): Promise<void> {
    return this.host.membership(room, client, isIn);
  }

  /** How many sockets are in the room of a job. */
  async watching(jobId: string): Promise<number> {
    return (await this.get(JobsGateway).server?.in(`job:${jobId}`).fetchSockets())?.length ?? 0;
  }

  stop(): Promise<void> {
    return this.host.stop();
  }
}
