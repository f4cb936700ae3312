import { Inject, Injectable, type Type } from '@nestjs/common';
import { DiscoveryService, ModuleRef, Reflector } from '@nestjs/core';
import { JobTypeSchema } from '@harmonia/contract';
import * as v from 'valibot';
import { JOBS_OPTIONS, type HarmoniaJobsOptions } from '../job-engine.options.js';
import { JOBS_SETTINGS, type JobsSettings } from '../job-engine.settings.js';
import { EXTERNAL_JOB_TYPE } from '../publishing/external-job-type.js';
import { JOB_HANDLER, type JobRunner } from './job-handler.js';

/**
 * The job types of this process, and the handlers that run them.
 *
 * @example app.get(JobHandlers).types(); // ['word-count', 'external']
 */
@Injectable()
export class JobHandlers {
  private readonly handlers = new Map<string, JobRunner>();

  constructor(
    @Inject(JOBS_SETTINGS) private readonly settings: Pick<JobsSettings, 'jobTypes'>,
    @Inject(JOBS_OPTIONS) private readonly options: Pick<HarmoniaJobsOptions, 'runner'>,
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
    private readonly modules: ModuleRef,
  ) {}

  /** Every type that may be created here: those that run here, `external`, and the option `jobTypes`. */
  types(): readonly string[] {
    return [...new Set([...this.handlers.keys(), EXTERNAL_JOB_TYPE, ...this.settings.jobTypes])];
  }

  /** The types that run here. */
  handled(): readonly string[] {
    return [...this.handlers.keys()];
  }

  /** The handler of a type, undefined when it runs elsewhere. */
  handlerOf(jobType: string): JobRunner | undefined {
    return this.handlers.get(jobType);
  }

  /** Finds the handlers when the application starts. Throws when one of them cannot serve, or two serve one type. */
  async load(): Promise<void> {
    const { runner = {} } = this.options;
    if (runner === false) return;
    const handlers = runner.handlers ? await this.listed(runner.handlers) : this.discovered();
    handlers.forEach((handler) => this.register(handler));
  }

  private listed(handlers: readonly Type<JobRunner>[]): Promise<unknown[]> {
    const provided = this.provided();
    const instanceOf = (handler: Type<JobRunner>) => provided.find((instance) => instance.constructor === handler);
    return Promise.all(handlers.map(async (handler) => instanceOf(handler) ?? this.modules.create(handler)));
  }

  private discovered(): readonly object[] {
    return this.provided().filter((instance) => this.reflector.get<unknown>(JOB_HANDLER, instance.constructor) !== undefined);
  }

  /** The one instance of each provider; those made anew for every request are none. */
  private provided(): readonly object[] {
    const providers = this.discovery.getProviders().filter((provider) => provider.isDependencyTreeStatic());
    return [...new Set(providers.map((provider): unknown => provider.instance).filter(isObject))];
  }

  private register(handler: unknown): void {
    if (!isJobRunner(handler))
      throw new Error('A job handler has no method run(job, report, signal): add it, or take the class off the handlers.');
    const { name } = handler.constructor;
    const jobType = v.safeParse(JobTypeSchema, this.reflector.get<unknown>(JOB_HANDLER, handler.constructor));
    if (!jobType.success)
      throw new Error(`${name} names no job type: decorate it with @JobHandler('its-type'). ${jobType.issues[0].message}`);
    const other = this.handlers.get(jobType.output);
    if (other) throw new Error(`${name} and ${other.constructor.name} both handle the job type "${jobType.output}": keep one of them.`);
    this.handlers.set(jobType.output, handler);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && typeof value.constructor === 'function';
}

function isJobRunner(value: unknown): value is JobRunner {
  return isObject(value) && 'run' in value && typeof value.run === 'function';
}
