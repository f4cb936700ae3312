import { JOB_STORE, type JobStore } from '@harmonia/job-engine';
import { Controller, Get, Inject } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA_DIR } from './data-dir.js';

const ANSWER_WITHIN_MS = 3_000;

/** For whoever runs the server: `live` says that the process answers, `ready` that it can do its work. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(JOB_STORE) private readonly store: JobStore,
    @Inject(DATA_DIR) private readonly dataDir: string,
  ) {}

  @Get('live')
  @HealthCheck()
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  @Get(['', 'ready'])
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.health.check([() => this.storeAnswers(), () => this.dataDirIsWritable()]);
  }

  private async storeAnswers() {
    return this.indicators
      .check('store')
      .attempt(() => otherwise('The job store does not answer.', this.store.read([])))
      .withTimeout(ANSWER_WITHIN_MS);
  }

  private async dataDirIsWritable() {
    const probe = join(this.dataDir, '.ready');
    return this.indicators
      .check('dataDir')
      .attempt(() => otherwise('DATA_DIR cannot be written to: check its rights and the space left.', writeAndRemove(probe)))
      .withTimeout(ANSWER_WITHIN_MS);
  }
}

async function writeAndRemove(file: string): Promise<void> {
  await writeFile(file, 'ready');
  await rm(file);
}

/** Strangers may ask for health, so a failure is told without paths and causes. */
async function otherwise(sentence: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch {
    throw new Error(sentence);
  }
}
