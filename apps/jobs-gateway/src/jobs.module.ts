import { HarmoniaBullmqModule } from '@harmonia/bullmq';
import { HarmoniaJobsModule } from '@harmonia/job-engine';
import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from './config.js';
import type { Foundation } from './foundation.js';
import { FileDigestHandler } from './handlers/file-digest.js';
import { PdfNotesHandler } from './handlers/pdf-notes.js';
import { SimulateHandler } from './handlers/simulate.js';

const handlers = [PdfNotesHandler, FileDigestHandler, SimulateHandler];
/** Of these handlers: they may be created here wherever they run. */
const jobTypes = ['pdf-notes', 'file-digest', 'simulate'];

/** The jobs of this application: the same in a gateway and in a worker, and with one process or many. */
@Module({})
export class JobsModule {
  static forRoot({ config, store, files }: Foundation): DynamicModule {
    const { redis, runJobs, concurrency } = config;
    return {
      module: JobsModule,
      imports: [
        HarmoniaJobsModule.forRoot({ store, files, jobTypes, runner: runJobs && { handlers, concurrency } }),
        ...(redis ? [HarmoniaBullmqModule.forRoot(queueIn(redis))] : []),
      ],
    };
  }
}

/** A job is tried three times when its handler throws what it should not; failures with a code of their own are final. */
const queueIn = ({ url, prefix }: NonNullable<Config['redis']>) => ({
  connection: { url },
  prefix,
  attempts: 3,
  backoff: { type: 'exponential', delay: 1000 },
});
