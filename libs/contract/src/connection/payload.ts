import * as v from 'valibot';
import { RefusalError } from './refusal.js';

type Issue = v.BaseIssue<unknown>;

const MOST_NAMED = 3;

/**
 * Parses what a stranger sent, or refuses it with a sentence that names the fields at fault and never repeats a value.
 *
 * @throws RefusalError `payload-invalid`
 * @example const { jobId } = parseOrRefuse(JobWatchSchema, payload); // 'jobId: A job id is a string.'
 */
export function parseOrRefuse<Schema extends v.GenericSchema>(schema: Schema, payload: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, payload, { abortPipeEarly: true, message: expectationOf });
  if (parsed.success) return parsed.output;
  throw new RefusalError('payload-invalid', sentenceOf(parsed.issues));
}

function sentenceOf(issues: readonly Issue[]): string {
  const parts = issues.slice(0, MOST_NAMED).map((issue) => `${fieldOf(issue)}: ${issue.message}`);
  return issues.length > MOST_NAMED ? `${parts.join(' ')} There are ${issues.length - MOST_NAMED} more.` : parts.join(' ');
}

/** Valibot's own texts repeat what was received, so every schema without a text of its own gets this one. */
function expectationOf({ kind, received, expected }: Issue): string {
  if (kind === 'schema' && received === 'undefined') return 'This is missing.';
  const wanted = expected === 'Object' ? 'an object' : expected === 'Array' ? 'a list' : expected;
  return wanted === null ? 'This is not valid.' : `This must be ${wanted}.`;
}

/** Keys that a schema names are short words; any other key was chosen by the sender and is not repeated. */
function fieldOf({ path }: Issue): string {
  const keys = path?.map(({ key }) => (/^[A-Za-z]{1,32}$|^\d{1,9}$/.test(String(key)) ? String(key) : '*'));
  return keys?.join('.') ?? 'payload';
}
