import { RefusalError, type RefusalCode } from '@harmonia/contract';
import { HttpException } from '@nestjs/common';
import * as v from 'valibot';

const UNREADABLE = 'This request cannot be read: check its address, its headers and that its body is JSON.';

/** What body parsers and Express throw: `expose` says that it is the sender's doing. */
const ReadingErrorSchema = v.object({ status: v.number(), expose: v.literal(true) });

const CODES: Readonly<Partial<Record<number, RefusalCode>>> = {
  401: 'token-invalid',
  403: 'forbidden',
  404: 'verb-unknown',
  408: 'timeout',
  409: 'status-conflict',
  413: 'payload-too-large',
  429: 'rate-limited',
  503: 'unavailable',
  504: 'timeout',
};

function codeOf(status: number): RefusalCode {
  return CODES[status] ?? (status < 500 ? 'payload-invalid' : 'internal-error');
}

/**
 * The refusal that an error stands for: of a guard of the host its status and words, of a body that could not be read a
 * sentence that repeats nothing of it. Anything else stays what it was.
 */
export function httpRefusalOf(error: unknown): unknown {
  if (error instanceof HttpException) return new RefusalError(codeOf(error.getStatus()), error.message);
  if (error instanceof URIError) return new RefusalError('payload-invalid', UNREADABLE);
  if (!v.is(ReadingErrorSchema, error)) return error;
  return new RefusalError(codeOf(error.status), error.status === 413 ? undefined : UNREADABLE);
}
