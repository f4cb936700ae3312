import type { AuditedVerb } from '@harmonia/contract';
import { Reflector } from '@nestjs/core';

/** What the audit notes of a route [A1]. */
export interface AuditedRoute {
  readonly what: AuditedVerb;
  /** Only what was refused: the rest would be too much. */
  readonly only?: 'refused';
  /** What `:id` in the path, or the `id` of the answer, stands for. Default: a job. */
  readonly id?: 'user' | 'message';
}

/**
 * Marks a route of which the audit notes who asked, from where, and what came of it: what was done and what was refused, but
 * for requests that could not be understood.
 *
 * @example
 * @Delete(':id')
 * @Audited({ what: 'delete' })
 */
export const Audited = Reflector.createDecorator<AuditedRoute>();
