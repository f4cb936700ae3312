import { RefusalError } from '@harmonia/contract';
import * as v from 'valibot';

const MOST_BYTES = 16 * 1024;

/** Not `v.record`: that silently drops some names of `Object.prototype`. */
export const MessagePayloadSchema = v.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/**
 * What is said, as JSON has it, so that every node says the same: an object of at most 16 KB [M1].
 *
 * @throws RefusalError `payload-invalid` or `payload-too-large`
 */
export function messagePayload(payload: unknown): Readonly<Record<string, unknown>> {
  const text = jsonOf(payload);
  if (text !== undefined && Buffer.byteLength(text) > MOST_BYTES) {
    throw new RefusalError('payload-too-large', 'payload: At most 16 KB of JSON are told to people: keep the rest, and say where it is.');
  }
  const parsed = v.safeParse(MessagePayloadSchema, text === undefined ? undefined : JSON.parse(text));
  if (!parsed.success) throw new RefusalError('payload-invalid', 'payload: What is told is an object that JSON can hold.');
  return parsed.output;
}

/** Undefined for what JSON cannot hold: circles, a BigInt, thousands of levels. */
function jsonOf(payload: unknown): string | undefined {
  try {
    return JSON.stringify(payload);
  } catch {
    return undefined;
  }
}
