import { Inject, Injectable } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';

/** The path of the job routes as the module was given it, such as `api/jobs`. */
export const JOBS_PATH = Symbol('harmonia:jobs-path');

/** Where the job routes are found in this application: a global prefix of the host comes first. */
@Injectable()
export class JobsPath {
  constructor(
    @Inject(JOBS_PATH) private readonly path: string,
    private readonly application: ApplicationConfig,
  ) {}

  /** As in `/v1/api/jobs`; known once the application starts. */
  get mounted(): string {
    const path = `/${this.path}`;
    const isExcluded = this.application.getGlobalPrefixOptions().exclude?.some(({ pathRegex }) => pathRegex.test(path));
    const prefix = isExcluded ? '' : this.application.getGlobalPrefix().replace(/^\/|\/$/g, '');
    return prefix === '' ? path : `/${prefix}${path}`;
  }

  /** Where the routes about people are found, which lie beside those of jobs. */
  get peoplePaths(): readonly string[] {
    const root = this.mounted.slice(0, -'jobs'.length);
    return ['presence', 'announcements', 'users/:id/notifications', 'audit'].map((path) => `${root}${path}`);
  }
}
