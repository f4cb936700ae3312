import { EPOCH_HEADER } from '@harmonia/contract';
import { JOB_STORE, type JobStore } from '@harmonia/job-engine';
import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { mergeMap, type Observable } from 'rxjs';
import { AuditNotes } from '../audit/audit-notes.js';

const READABLE_BY_PAGES = [EPOCH_HEADER, 'Location', 'Content-Disposition'];

/** Puts on every answer the epoch of the store [R7], and what a page of another origin may read; no cache may keep it. Has it audited. */
@Injectable()
export class AnswerHeaders implements NestInterceptor {
  constructor(
    @Inject(JOB_STORE) private readonly store: JobStore,
    private readonly audit: AuditNotes,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Response>();
    return this.audit.noted(next.handle(), context).pipe(
      mergeMap(async (answer) => {
        await this.writeTo(response);
        return answer;
      }),
    );
  }

  /** Never fails, and does nothing once the answer has begun. */
  async writeTo(response: Response): Promise<void> {
    const epoch = await this.epoch();
    if (response.headersSent) return;
    if (epoch !== null) response.setHeader(EPOCH_HEADER, epoch);
    response.append('Access-Control-Expose-Headers', READABLE_BY_PAGES);
    response.setHeader('Cache-Control', 'no-store');
  }

  /** A store that cannot be reached has no epoch to tell, and its answer goes without. */
  private async epoch(): Promise<string | null> {
    try {
      return (await this.store.read([])).epoch;
    } catch {
      return null;
    }
  }
}
