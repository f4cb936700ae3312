import { RefusalError, RefusalSchema, type Refusal } from '@harmonia/contract';
import * as v from 'valibot';

/**
 * Reads what the gateway sent. What the contract does not know is an error of the gateway, not of the caller.
 *
 * @throws RefusalError `internal-error`
 */
export function understood<Schema extends v.GenericSchema>(schema: Schema, sent: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, sent);
  if (parsed.success) return parsed.output;
  const where = v.getDotPath(parsed.issues[0]) ?? 'the whole';
  throw new RefusalError('internal-error', `The gateway sent what this client does not understand: ${where}.`);
}

/** A refusal as the error that callers catch. */
export const refusalError = ({ code, message, retryAfterMs }: Refusal): RefusalError => new RefusalError(code, message, retryAfterMs);

/** The refusal that was sent, as an error; null when it is none. */
export function refusalIn(sent: unknown): RefusalError | null {
  const parsed = v.safeParse(RefusalSchema, sent);
  return parsed.success ? refusalError(parsed.output) : null;
}
