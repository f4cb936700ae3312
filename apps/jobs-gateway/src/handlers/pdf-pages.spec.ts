import { lastSentence, samplePdf } from '../testing/sample-pdf.suite.js';
import { readPdf, type PdfPage } from './pdf-pages.js';

const never = new AbortController().signal;

async function pagesOf(pdf: Uint8Array<ArrayBuffer>, signal = never): Promise<PdfPage[]> {
  const pages: PdfPage[] = [];
  for await (const page of readPdf(new Uint8Array(pdf), signal)) pages.push(page);
  return pages;
}

describe('readPdf', () => {
  it('reads every page in order, with its lines', async () => {
    const pages = await pagesOf(samplePdf(3));
    expect(pages.map(({ number, of }) => [number, of])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(pages.map(({ lines }) => lines[0]?.text)).toEqual(['Page 1 of 3', 'Page 2 of 3', 'Page 3 of 3']);
    expect(pages[2]?.lines.at(-1)?.text).toBe(lastSentence(3));
  });

  it('reads pages without text', async () => {
    const pages = await pagesOf(samplePdf(2, 'no-text'));
    expect(pages.map(({ lines }) => lines)).toEqual([[], []]);
  });

  it.each([
    ['asks for a password', 'pdf-encrypted', samplePdf(3, 'encrypted')],
    ['was cut off', 'pdf-broken', samplePdf(30, 'cut-off')],
    ['was cut off near its end', 'pdf-broken', samplePdf(30).subarray(0, -10)],
    ['lost its beginning', 'pdf-broken', samplePdf(3).subarray(2000)],
    ['lost its middle', 'pdf-broken', Buffer.concat([samplePdf(30).subarray(0, 9000), samplePdf(30).subarray(15_000)])],
    ['has more lines on a page than anyone can read', 'pdf-too-heavy', samplePdf(1, 'crowded')],
    ['is no PDF', 'pdf-broken', Buffer.from('Dear reader, %%EOF')],
    ['only says that it is one', 'pdf-broken', Buffer.from('%PDF-1.7\n%%EOF')],
  ])('refuses a file that %s: %s', async (_, code, pdf) => {
    await expect(pagesOf(Buffer.from(pdf))).rejects.toMatchObject({ code });
  });

  it('stops at once when the signal aborts', async () => {
    const abort = new AbortController();
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { number } of readPdf(new Uint8Array(samplePdf(300)), abort.signal)) {
        seen.push(number);
        if (number === 5) abort.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it('leaves the event loop to the sockets while one page is parsed', async () => {
    const pdf = samplePdf(1, 'crowded');
    let turns = 0;
    let reading = true;
    // pdfjs parses a page in one go: in this thread the loop could not turn once while it does
    const turn = (): void => {
      turns++;
      if (reading) setImmediate(turn);
    };
    setImmediate(turn);
    const refused = await pagesOf(pdf).catch((error: unknown) => error);
    reading = false;
    expect(refused).toMatchObject({ code: 'pdf-too-heavy' });
    expect(turns).toBeGreaterThan(1000);
  });
});
