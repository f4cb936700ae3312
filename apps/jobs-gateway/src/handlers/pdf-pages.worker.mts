// Runs in a thread of its own: one crowded page takes seconds to parse, and the sockets must not wait for it.
// It imports packages only, since specs start it as it is, with nothing but its types stripped.
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { getDocument, type PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { PdfAnswer, PdfLine } from './pdf-pages.js';

/** Far more than a page can show: such a PDF is made to keep servers busy. */
const MOST_LINES = 50_000;

/** pdfjs keeps fonts and page objects of what it has read; after so many pages they are let go of. */
const PAGES_BETWEEN_CLEANUPS = 250;

class CrowdedPage extends Error {}

const say = (answer: PdfAnswer): void => parentPort?.postMessage(answer);

/** Text items joined into lines, top to bottom as the PDF gives them; `y` grows upwards. */
async function linesOf(page: PDFPageProxy): Promise<PdfLine[]> {
  const { items } = await page.getTextContent();
  const lines: PdfLine[] = [];
  let open: PdfLine | null = null;
  for (const item of items) {
    if (!('str' in item)) continue;
    open ??= { text: '', y: Number(item.transform[5]), height: item.height };
    open = { text: open.text + item.str, y: open.y, height: Math.max(open.height, item.height) };
    if (!item.hasEOL) continue;
    lines.push(open);
    open = null;
  }
  if (open) lines.push(open);
  if (lines.length > MOST_LINES) throw new CrowdedPage();
  return lines;
}

async function serve(data: unknown): Promise<void> {
  if (!(data instanceof Uint8Array) || !parentPort) throw new Error('This thread is started with the bytes of a PDF.');
  // `stopAtErrors`: half a page would look like a whole one.
  const loading = getDocument({ data, stopAtErrors: true, verbosity: 0 });
  const document = await loading.promise;
  say({ kind: 'opened', pages: document.numPages });
  for (let number = 1; number <= document.numPages; number++) {
    await once(parentPort, 'message'); // the reader asks for the next page, so none piles up
    const page = await document.getPage(number);
    say({ kind: 'page', lines: await linesOf(page) });
    page.cleanup();
    if (number % PAGES_BETWEEN_CLEANUPS === 0) await document.cleanup();
  }
  await loading.destroy();
}

function reasonOf(error: unknown): 'encrypted' | 'too-heavy' | 'broken' {
  if (error instanceof CrowdedPage) return 'too-heavy';
  return error instanceof Error && error.name === 'PasswordException' ? 'encrypted' : 'broken';
}

serve(workerData).catch((error: unknown) => say({ kind: 'failed', why: reasonOf(error) }));
