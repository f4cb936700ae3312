import type * as v from 'valibot';
import { parseOrRefuse } from './payload.js';
import { RefusalError } from './refusal.js';

/** What a sender is told of this payload; null when it is accepted. */
export function complaintOf(schema: v.GenericSchema, payload: unknown): string | null {
  try {
    parseOrRefuse(schema, payload);
    return null;
  } catch (error) {
    if (error instanceof RefusalError && error.code === 'payload-invalid') return error.message;
    throw error;
  }
}
