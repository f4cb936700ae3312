import { EPOCH_HEADER } from '@harmonia/contract';
import { JOB_STORE, type JobStore } from '@harmonia/job-engine';
import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { defer, mergeMap, tap, type Observable } from 'rxjs';
import { AuditNotes } from '../audit/audit-notes.js';

const READABLE_BY_PAGES = [EPOCH_HEADER, 'Location', 'Content-Disposition'];

/** Puts on every answer the epoch of the store [R7], and what a page of another origin may read; no cache may keep it. Has it audited. */
@Injectable()
export class AnswerHeaders implements NestInterceptor {
  constructor(
    @Inject(JOB_STORE) private readonly store: JobStore,
    private readonly audit: AuditNotes,
  ) {}

  /** The epoch is asked for first: what is read after it may be of a later one, which heals [C3], and never of an earlier one. */
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Response>();
    const answer = (epoch: string | null) => this.audit.noted(next.handle(), context).pipe(tap(() => this.write(response, epoch)));
    return defer(() => this.epoch()).pipe(mergeMap(answer));
  }

  /** Of an answer that holds nothing of the store. Never fails, and does nothing once the answer has begun. */
  async writeTo(response: Response): Promise<void> {
    this.write(response, await this.epoch());
  }

  private write(response: Response, epoch: string | null): void {
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
