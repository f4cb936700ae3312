import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import { PDF_PAGES_WORKER } from '../runtime-files.js';
import { brokenPdf, encryptedPdf, heavyPdf } from './pdf-failures.js';

const PdfLineSchema = v.object({ text: v.string(), y: v.number(), height: v.number() });

/** One line of text with its baseline and size in points; `y` grows upwards. */
export type PdfLine = Readonly<v.InferOutput<typeof PdfLineSchema>>;

const PdfAnswerSchema = v.variant('kind', [
  v.object({ kind: v.literal('opened'), pages: v.number() }),
  v.object({ kind: v.literal('page'), lines: v.array(PdfLineSchema) }),
  v.object({ kind: v.literal('failed'), why: v.picklist(['encrypted', 'broken', 'too-heavy']) }),
]);

/** What the reading thread says: once how many pages there are, then one page for each request, or why it gave up. */
export type PdfAnswer = v.InferOutput<typeof PdfAnswerSchema>;

/** One page, and of how many. */
export interface PdfPage {
  readonly number: number;
  readonly of: number;
  readonly lines: readonly PdfLine[];
}

const OutOfMemorySchema = v.object({ code: v.literal('ERR_WORKER_OUT_OF_MEMORY') });

/** Only the objects of the thread count, not the file itself. */
const MEMORY_OF_READER_MB = 512;

/**
 * Reads a PDF page by page in a thread of its own; the next page is parsed when it is asked for. The bytes move to that
 * thread and are empty afterwards.
 *
 * @throws JobFailedError `pdf-broken`, `pdf-encrypted` or `pdf-too-heavy`; an `AbortError` as soon as the signal aborts
 * @example for await (const page of readPdf(bytes, signal)) console.error(page.number, page.lines.length);
 */
export async function* readPdf(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): AsyncGenerator<PdfPage> {
  if (!looksWhole(bytes)) throw brokenPdf();
  const reader = new Worker(PDF_PAGES_WORKER, {
    workerData: bytes,
    transferList: [bytes.buffer],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_OF_READER_MB },
  });
  try {
    const opened = await answerOf(reader, signal);
    const of = opened.kind === 'opened' ? opened.pages : 0;
    for (let number = 1; number <= of; number++) {
      reader.postMessage('next');
      const page = await answerOf(reader, signal);
      if (page.kind === 'page') yield { number, of, lines: page.lines };
    }
  } finally {
    await reader.terminate();
  }
}

/** A PDF says so at its start and ends with a mark; without it pdfjs would quietly make do with the pages it finds. */
function looksWhole(bytes: Uint8Array<ArrayBuffer>): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return file.subarray(0, 1024).includes('%PDF-') && file.subarray(-2048).includes('%%EOF');
}

const FAILURES = { encrypted: encryptedPdf, broken: brokenPdf, 'too-heavy': heavyPdf } as const;

async function answerOf(reader: Worker, signal: AbortSignal): Promise<Exclude<PdfAnswer, { kind: 'failed' }>> {
  const answer = await nextMessage(reader, signal);
  if (answer.kind !== 'failed') return answer;
  throw FAILURES[answer.why]();
}

async function nextMessage(reader: Worker, signal: AbortSignal): Promise<PdfAnswer> {
  try {
    const heard: unknown[] = await once(reader, 'message', { signal });
    return v.parse(PdfAnswerSchema, heard[0]);
  } catch (error) {
    throw v.is(OutOfMemorySchema, error) ? heavyPdf() : error;
  }
}
