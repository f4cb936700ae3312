import { RefusalError, REFUSALS } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { credentialsOf } from '../connection/session-credentials.js';
import { RequestLimit } from '../limits/request-limit.js';
import { Admission } from '../sessions/admission.js';
import { AdmitsShare } from '../shares/admits-share.js';
import { keepSession } from './request-session.js';

/** Marks a route that takes a ticket in place of a session. */
export const AdmitsTicket = Reflector.createDecorator<true>();

/** Lets a request in when {@link Admission} knows whose it is, and keeps the session for the handler. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(
    private readonly admission: Admission,
    private readonly reflector: Reflector,
    private readonly limit: RequestLimit,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    if (request.query['ticket'] !== undefined && this.reflector.get(AdmitsTicket, context.getHandler())) return true;
    const session = await this.sessionOf(request);
    if (session.share && !this.reflector.get(AdmitsShare, context.getHandler())) throw new RefusalError('forbidden');
    await this.limit.admit(session);
    keepSession(request, session);
    return true;
  }

  /** An address from which many guess is not heard any more, whatever it brings [L1]. */
  private async sessionOf({ headers, ip = '' }: Request): Promise<JobSession> {
    await this.limit.admitFrom(ip);
    try {
      return await this.admission.admit(credentialsOf(headers, ip));
    } catch (error) {
      if (error instanceof RefusalError && REFUSALS[error.code].status === 401) await this.limit.noteRefused(ip);
      throw error;
    }
  }
}
