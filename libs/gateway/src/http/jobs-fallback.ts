import { RefusalError } from '@harmonia/contract';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { NextFunction, Request, Response } from 'express';
import { HttpRefusalFilter } from './http-refusal-filter.js';
import { JobsPath } from './jobs-path.js';

/**
 * Answers in Harmonia's words what never reaches a controller: a body that the host's parser refuses, an address that
 * cannot be decoded, a route that does not exist. Only below Harmonia's own routes, and after every route of the host:
 * `onModuleInit` comes after all of them and before Nest's own answers to both.
 */
@Injectable()
export class JobsFallback implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly path: JobsPath,
    private readonly refusals: HttpRefusalFilter,
  ) {}

  onModuleInit(): void {
    // undefined in an application without a server, such as a script
    this.adapterHost.httpAdapter?.use(
      [this.path.mounted, ...this.path.peoplePaths],
      (request: Request, response: Response, next: NextFunction) =>
        this.refusals.answer(new RefusalError('verb-unknown'), request, response).catch(next),
      (error: unknown, request: Request, response: Response, next: NextFunction) =>
        this.refusals.answer(error, request, response).catch(next),
    );
  }
}
