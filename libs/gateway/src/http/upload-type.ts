import { RefusalError } from '@harmonia/contract';
import { fileTypeFromBuffer } from 'file-type';
import { Readable } from 'node:stream';

/** What a name promises and first bytes can show, by the ending of the name; any other file is what it says it is. */
const SHOWN: ReadonlyMap<string, string> = new Map([
  ['pdf', 'application/pdf'],
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
]);

/** So many bytes show it. */
const ENOUGH = 4100;
/** Readers of PDFs look for it in the first kilobyte. */
const PDF_WITHIN = 1024;

/**
 * The same file, of which nothing comes before its first bytes were looked at: where they are not what name and media type
 * promise, `refuse` is called and it breaks off, so that nothing more of it is read.
 */
export function lookedAt(file: Readable, name: string, mediaType: string, refuse: (refusal: RefusalError) => void): Readable {
  const promised = SHOWN.get(/\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '') ?? [...SHOWN.values()].find((one) => one === mediaType);
  if (promised === undefined) return file;
  return Readable.from(checked(file, promised, refuse), { objectMode: false });
}

async function* checked(file: Readable, promised: string, refuse: (refusal: RefusalError) => void): AsyncGenerator<Buffer> {
  let start: Buffer | null = Buffer.alloc(0);
  for await (const chunk of file) {
    const bytes = Buffer.from(chunk);
    if (!start) yield bytes;
    else {
      start = Buffer.concat([start, bytes]);
      if (start.length < ENOUGH) continue;
      yield await shown(start, promised, refuse);
      start = null;
    }
  }
  // an empty file is refused as such
  if (start && start.length > 0) yield await shown(start, promised, refuse);
}

async function shown(start: Buffer, promised: string, refuse: (refusal: RefusalError) => void): Promise<Buffer> {
  const isShown = promised === 'application/pdf' ? start.subarray(0, PDF_WITHIN).includes('%PDF-') : promised === (await typeOf(start));
  if (isShown) return start;
  const refusal = new RefusalError('file-type-mismatch');
  refuse(refusal);
  throw refusal;
}

const typeOf = async (start: Buffer): Promise<string | undefined> => (await fileTypeFromBuffer(start))?.mime;
