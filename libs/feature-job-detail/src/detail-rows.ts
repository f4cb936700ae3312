import { JobFileResultSchema, UploadedFileSchema, type Job, type JobFileResult } from '@harmonia/contract';
import * as v from 'valibot';

/** A line of a job's details: a term, and the text or the number of bytes beside it. */
export interface DetailRow {
  readonly term: string;
  readonly text: string;
  readonly bytes?: number;
  /** Made to be compared letter by letter. */
  readonly isCode?: boolean;
}

const InputFileSchema = v.object({ file: UploadedFileSchema });
const FlatResultSchema = v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]));

/** The file that a job made, null when it made none. */
export function resultFile(job: Job): JobFileResult | null {
  return job.status === 'completed' && v.is(JobFileResultSchema, job.result) ? job.result : null;
}

/** What was put in and what came out, as far as it is known and has a short form. */
export function detailRows(job: Job): readonly DetailRow[] {
  const input = inputRows(job);
  const isRepeated = (row: DetailRow) => input.some(({ term, text }) => term === row.term && text === row.text);
  return [...input, ...resultRows(job).filter((row) => !isRepeated(row))];
}

function inputRows({ input }: Job): readonly DetailRow[] {
  if (v.is(InputFileSchema, input)) return [{ term: 'File', text: input.file.name, bytes: input.file.bytes }];
  return v.is(FlatResultSchema, input) ? entries(input) : [];
}

function resultRows(job: Job): readonly DetailRow[] {
  const file = resultFile(job);
  if (file) return [{ term: 'Result', text: file.fileName, bytes: file.bytes }];
  return job.status === 'completed' && v.is(FlatResultSchema, job.result) ? entries(job.result) : [];
}

/** `wordCount` reads as “Word count”, `sha256` as “SHA-256”. */
function entries(flat: Readonly<Record<string, string | number | boolean>>): readonly DetailRow[] {
  return Object.entries(flat).map(([key, value]) => ({
    term: asWords(key),
    text: typeof value === 'number' ? value.toLocaleString('en') : String(value),
    isCode: typeof value === 'string' && /^[0-9a-f]{32,}$/i.test(value),
  }));
}

function asWords(key: string): string {
  const digest = /^(sha|md)(\d+)$/i.exec(key);
  if (digest) return `${digest[1]?.toUpperCase()}${digest[1]?.toLowerCase() === 'sha' ? '-' : ''}${digest[2]}`;
  const words = key.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
