import { JobIdSchema, RefusalError, type Job } from '@harmonia/contract';
import { AuditTrail, type AuditNote } from '@harmonia/job-engine';
import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { tap, type Observable } from 'rxjs';
import * as v from 'valibot';
import { httpRefusalOf } from '../http/http-refusal.js';
import { harmoniaSessionOf } from '../http/request-session.js';
import { Audited, type AuditedRoute } from './audited.js';

/** Nothing was tried: what was asked for could not be read, so a stranger cannot fill the audit with it. */
const NOT_UNDERSTOOD: readonly string[] = ['payload-invalid', 'payload-too-large'];

/** Where a request or an answer names a job. */
const NamesJobSchema = v.object({ id: JobIdSchema });

/** Notes what routes that are {@link Audited} did or refused [A1]. */
@Injectable()
export class AuditNotes {
  constructor(
    private readonly reflector: Reflector,
    private readonly audit: AuditTrail,
  ) {}

  /** The same answers, noted as they go by; no interceptor of its own, since each costs every request. */
  noted(answers: Observable<unknown>, context: ExecutionContext): Observable<unknown> {
    const route = this.reflector.get(Audited, context.getHandler());
    if (!route) return answers;
    const request = context.switchToHttp().getRequest<Request>();
    const note = (outcome: string, answer?: unknown) => this.audit.note({ ...noteOf(route, request, answer), outcome });
    return answers.pipe(
      tap({
        next: (answer) => {
          if (route.only !== 'refused') note('done', answer);
        },
        error: (error: unknown) => {
          const outcome = outcomeOf(error);
          if (!NOT_UNDERSTOOD.includes(outcome)) note(outcome);
        },
      }),
    );
  }
}

const outcomeOf = (error: unknown): string => {
  const refusal = httpRefusalOf(error);
  return refusal instanceof RefusalError ? refusal.code : 'internal-error';
};

function noteOf(route: AuditedRoute, request: Request, answer: unknown): AuditNote {
  return { what: route.what, who: harmoniaSessionOf(request), from: request.ip, ...namedBy(route, request, answer) };
}

function namedBy({ id }: AuditedRoute, { params, body }: Request, answer: unknown): Pick<AuditNote, 'jobId' | 'whom'> {
  if (id === 'message') return {};
  return id === 'user' ? { whom: String(params['id']) } : { jobId: jobIdIn(params, answer, body) };
}

/** The first that names one: the path, a new job, or what was asked for. */
function jobIdIn(...places: readonly unknown[]): Job['id'] | undefined {
  return places.find((place) => v.is(NamesJobSchema, place))?.id;
}
