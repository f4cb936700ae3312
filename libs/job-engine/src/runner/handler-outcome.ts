import { InlineJsonSchema, MAX_INLINE_BYTES, ReportedErrorSchema, type ReportedError } from '@harmonia/contract';
import * as v from 'valibot';
import { JobFailedError } from './job-failed-error.js';

/** How a handler has ended its attempt. `cause` is for the log alone. */
export type HandlerOutcome =
  | { readonly kind: 'completed'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly error: ReportedError; readonly cause?: unknown };

/** What a handler returned: a result, as long as it is JSON of at most 64 KB [R11]. */
export function outcomeOfReturn(value: unknown): HandlerOutcome {
  const text = asJson(value);
  if (text !== null && Buffer.byteLength(text) > MAX_INLINE_BYTES) {
    return failed('result-too-large', 'The result is larger than 64 KB. The handler has to return it as a file.');
  }
  if (text === null || !v.is(InlineJsonSchema, value)) {
    return failed('result-invalid', 'The result cannot be kept as JSON. The handler has to return plain data.');
  }
  return { kind: 'completed', result: value };
}

/** What a handler threw. Only a {@link JobFailedError} speaks for itself: any other message may hold secrets. */
export function outcomeOfThrow(cause: unknown): HandlerOutcome {
  const spoken =
    cause instanceof JobFailedError ? v.safeParse(ReportedErrorSchema, { code: cause.code, message: cause.message.slice(0, 2000) }) : null;
  if (spoken?.success) return { kind: 'failed', error: spoken.output };
  return { ...failed('handler-failed', 'The work on this job failed unexpectedly. The log of the server says more.'), cause };
}

function failed(code: string, message: string) {
  return { kind: 'failed', error: { code, message } } as const;
}

function asJson(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return null;
  }
}
