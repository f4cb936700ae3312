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

/** Real pages take milliseconds; longer than this takes only a PDF that is made to keep servers busy. */
const PAGE_WITHIN_MS = 60_000;

/**
 * Reads a PDF page by page in a thread of its own; the next page is parsed when it is asked for. The bytes move to that
 * thread and are empty afterwards.
 *
 * @throws JobFailedError `pdf-broken`, `pdf-encrypted` or `pdf-too-heavy`; an `AbortError` as soon as the signal aborts
 * @example for await (const page of readPdf(bytes, signal)) console.error(page.number, page.lines.length);
 */
export async function* readPdf(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): AsyncGenerator<PdfPage> {
  if (!looksWhole(bytes)) throw brokenPdf();
  const reader = new ReaderThread(bytes, signal);
  try {
    const opened = await reader.answer();
    const of = opened.kind === 'opened' ? opened.pages : 0;
    for (let number = 1; number <= of; number++) {
      reader.askForPage();
      const page = await reader.answer();
      if (page.kind === 'page') yield { number, of, lines: page.lines };
    }
  } finally {
    await reader.end();
  }
}

/** A PDF says so at its start and ends with a mark; without it pdfjs would quietly make do with the pages it finds. */
function looksWhole(bytes: Uint8Array<ArrayBuffer>): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return file.subarray(0, 1024).includes('%PDF-') && file.subarray(-2048).includes('%%EOF');
}

const FAILURES = { encrypted: encryptedPdf, broken: brokenPdf, 'too-heavy': heavyPdf } as const;

class ReaderThread {
  private readonly thread: Worker;
  private readonly gone = new AbortController();

  constructor(
    bytes: Uint8Array<ArrayBuffer>,
    private readonly signal: AbortSignal,
  ) {
    this.thread = new Worker(PDF_PAGES_WORKER, {
      workerData: bytes,
      transferList: [bytes.buffer],
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_OF_READER_MB },
    });
    this.thread.on('error', () => undefined); // whoever waits hears it; with nobody waiting it would end the process
    this.thread.once('exit', () => this.gone.abort());
  }

  askForPage(): void {
    this.thread.postMessage('next');
  }

  async answer(): Promise<Exclude<PdfAnswer, { kind: 'failed' }>> {
    const answer = await this.message();
    if (answer.kind !== 'failed') return answer;
    throw FAILURES[answer.why]();
  }

  async end(): Promise<void> {
    await this.thread.terminate();
  }

  private async message(): Promise<PdfAnswer> {
    const late = AbortSignal.timeout(PAGE_WITHIN_MS);
    try {
      const heard: unknown[] = await once(this.thread, 'message', { signal: AbortSignal.any([this.signal, this.gone.signal, late]) });
      return v.parse(PdfAnswerSchema, heard[0]);
    } catch (error) {
      this.signal.throwIfAborted();
      if (late.aborted || v.is(OutOfMemorySchema, error)) throw heavyPdf();
      throw this.gone.signal.aborted ? brokenPdf() : error;
    }
  }
}
