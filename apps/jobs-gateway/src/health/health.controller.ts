import { JOB_STORE, RedisProblem, type JobStore } from '@harmonia/job-engine';
import { Controller, Get, Inject } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import { tryToWrite } from '../job-store.js';
import { DATA_DIR } from './data-dir.js';
import { Drain } from './drain.js';

/** Longer than Redis may take, so that what is told is what is wrong with it. */
const ANSWER_WITHIN_MS = 5_000;

/** For whoever runs the server: `live` says that the process answers, `ready` that it can do its work. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(JOB_STORE) private readonly store: JobStore,
    @Inject(DATA_DIR) private readonly dataDir: string,
    private readonly drain: Drain,
  ) {}

  @Get('live')
  @HealthCheck()
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  @Get(['', 'ready'])
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.health.check([() => this.goesOn(), () => this.storeAnswers(), () => this.dataDirIsWritable()]);
  }

  private goesOn() {
    const indicator = this.indicators.check('process');
    return this.drain.isStopping ? indicator.down('server-stopping: it takes nobody new, and ends in a moment.') : indicator.up();
  }

  private async storeAnswers() {
    return this.indicators
      .check('store')
      .attempt(() => otherwise('The job store does not answer.', this.store.read([])))
      .withTimeout(ANSWER_WITHIN_MS);
  }

  private async dataDirIsWritable() {
    return this.indicators
      .check('dataDir')
      .attempt(() => otherwise('DATA_DIR cannot be written to: check its rights and the space left.', tryToWrite(this.dataDir)))
      .withTimeout(ANSWER_WITHIN_MS);
  }
}

/** Strangers may ask for health, so a failure is told without paths and causes. */
async function otherwise(sentence: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw new Error(ofRedis(error) ?? sentence, { cause: error });
  }
}

/** What is wrong with Redis, when it is Redis: its sentences name no address. */
function ofRedis(error: unknown): string | null {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof RedisProblem ? `${cause.code}: ${cause.message}` : null;
}
