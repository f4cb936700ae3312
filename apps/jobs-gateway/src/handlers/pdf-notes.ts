import type { JobFileResult } from '@harmonia/contract';
import { JobHandler, type JobRunner, type RunningJob, type RunReport, type StoredFile } from '@harmonia/job-engine';
import { basename, extname } from 'node:path';
import { Readable } from 'node:stream';
import { heavyPdf, textlessPdf } from './pdf-failures.js';
import { readPdf, type PdfPage } from './pdf-pages.js';
import { pageSection, plainText } from './pdf-section.js';
import { piecesOf, uploadOf } from './upload.js';

/** A PDF cannot be read piece by piece: its table of contents is at its end. */
const MOST_BYTES = 256 * 1024 * 1024;

/** `pdf-notes`: the text of an uploaded PDF, page by page, as a Markdown file. Progress counts pages. */
@JobHandler('pdf-notes')
export class PdfNotesHandler implements JobRunner {
  async run(job: RunningJob, report: RunReport, signal: AbortSignal): Promise<JobFileResult> {
    const { name, file } = await uploadOf(job);
    const pages = readPdf(await wholeFile(file), signal);
    const fileName = `${basename(name, extname(name))}.md`;
    return report.file(fileName, 'text/markdown; charset=utf-8', Readable.from(notesOf(name, pages, report), { objectMode: false }));
  }
}

async function wholeFile(file: StoredFile): Promise<Uint8Array<ArrayBuffer>> {
  if (file.bytes > MOST_BYTES) throw heavyPdf();
  const whole = new Uint8Array(file.bytes);
  let at = 0;
  for await (const piece of piecesOf(file)) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The file as it grows. A PDF without any text has no notes. */
async function* notesOf(name: string, pages: AsyncIterable<PdfPage>, report: RunReport): AsyncGenerator<string> {
  yield `# ${plainText(name)}\n\n`;
  let hasText = false;
  for await (const { number, of, lines } of pages) {
    hasText ||= lines.some(({ text }) => text.trim() !== '');
    yield pageSection(number, lines);
    await report.progress({ current: number, total: of, message: `Page ${number} of ${of}` });
  }
  if (!hasText) throw textlessPdf();
}
