import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { credentialsOf } from '../connection/session-credentials.js';
import { Admission } from '../sessions/admission.js';
import { keepSession } from './request-session.js';

/** Marks a route that takes a ticket in place of a session. */
export const AdmitsTicket = Reflector.createDecorator<true>();

/** Lets a request in when {@link Admission} knows whose it is, and keeps the session for the handler. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(
    private readonly admission: Admission,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    if (request.query['ticket'] !== undefined && this.reflector.get(AdmitsTicket, context.getHandler())) return true;
    keepSession(request, await this.admission.admit(credentialsOf(request.headers, request.ip ?? '')));
    return true;
  }
}
