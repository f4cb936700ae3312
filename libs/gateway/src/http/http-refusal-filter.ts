import { REFUSALS } from '@harmonia/contract';
import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { refusalOf } from '../connection/refusal-of.js';
import { GatewayCounts } from '../operations/gateway-counts.js';
import { AnswerHeaders } from './answer-headers.js';
import { httpRefusalOf } from './http-refusal.js';

/** Answers every failure of Harmonia's routes as `{ error: { code, message } }` with the status of the refusal table. */
@Catch()
export class HttpRefusalFilter implements ExceptionFilter {
  private readonly logger = new Logger('HarmoniaHttp');

  constructor(
    private readonly headers: AnswerHeaders,
    private readonly counts: GatewayCounts,
  ) {}

  catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    return this.answer(error, http.getRequest<Request>(), http.getResponse<Response>());
  }

  /** Never fails. Once an answer has begun it can only be cut off, so that nobody takes it for whole. */
  async answer(error: unknown, request: Request, response: Response): Promise<void> {
    const refusal = refusalOf(httpRefusalOf(error), `${request.method} ${request.baseUrl}${request.path}`, this.logger);
    this.counts.refuse('http', refusal.code);
    await this.headers.writeTo(response);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { status } = REFUSALS[refusal.code];
    if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    if (refusal.retryAfterMs !== undefined) response.setHeader('Retry-After', Math.ceil(refusal.retryAfterMs / 1000));
    response.removeHeader('Content-Disposition');
    response.status(status).type('json').json({ error: refusal });
  }
}
