import { HarmoniaGatewayModule } from '@harmonia/gateway';
import { HarmoniaJobsModule, type FileStore, type JobStore } from '@harmonia/job-engine';
import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import type { Config } from './config.js';
import { DemoModule } from './demo-sign-in/demo.module.js';
import { FileDigestHandler } from './handlers/file-digest.js';
import { PdfNotesHandler } from './handlers/pdf-notes.js';
import { SimulateHandler } from './handlers/simulate.js';
import { HealthController } from './health/health.controller.js';
import { DATA_DIR } from './health/data-dir.js';

const handlers = [PdfNotesHandler, FileDigestHandler, SimulateHandler];
/** Of these handlers: they may be created here wherever they run. */
const jobTypes = ['pdf-notes', 'file-digest', 'simulate'];

/** What the server stands on, ready before the application exists. */
export interface Foundation {
  readonly config: Config;
  readonly store: JobStore;
  readonly files: FileStore;
  /** Signs the session tokens. */
  readonly secret: string;
}

/** The server: Harmonia's two modules, the job types of this application, health, and the demo when it is asked for. */
@Module({})
export class AppModule {
  static forRoot({ config, store, files, secret }: Foundation): DynamicModule {
    const { corsOrigins: origins, maxUploadBytes, websocketEnabled: sockets, runJobs, concurrency } = config;
    return {
      module: AppModule,
      imports: [
        HarmoniaJobsModule.forRoot({ store, files, jobTypes, runner: runJobs && { handlers, concurrency } }),
        HarmoniaGatewayModule.forRoot({ jwt: { secret }, origins, maxUploadBytes, sockets }),
        TerminusModule.forRoot({ errorLogStyle: 'pretty' }),
        ...(config.demoAuth ? [DemoModule.forRoot({ secret })] : []),
      ],
      controllers: [HealthController],
      providers: [{ provide: DATA_DIR, useValue: config.dataDir }],
    };
  }
}
