// Prints a PDF with real text, for the demo and the specs:
//   node tools/make-sample-pdf.mjs [--pages 40] [--variant plain|encrypted|no-text|cut-off|crowded] > sample.pdf
// Every page has its own text; the last one ends with lastSentence(pages). The same arguments print the same bytes.
import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { deflateSync } from 'node:zlib';

const PAGE = { width: 595, height: 842, margin: 60, leading: 14, lines: 48 };
/** The user password of the encrypted variant. */
export const PASSWORD = 'lighthouse';
const VARIANTS = ['plain', 'encrypted', 'no-text', 'cut-off', 'crowded'];

/** The sentence by which a reader knows that the last page arrived. */
export const lastSentence = (pages) => `Here ends the sample: all ${pages} pages were read to the last word.`;

/** The bytes of a PDF of that many pages. */
export function makeSamplePdf({ pages = 40, variant = 'plain' } = {}) {
  const encryption = variant === 'encrypted' ? encryptionOf(PASSWORD) : null;
  const content = { 'no-text': drawing, crowded }[variant] ?? ((page) => text(page, pages));
  const objects = ['<< /Type /Catalog /Pages 2 0 R >>', '', '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'];
  const kids = [];
  for (let page = 1; page <= pages; page++) {
    const number = objects.length + 2;
    kids.push(`${number} 0 R`);
    objects.push(stream(content(page), encryption?.cipher(number - 1)));
    const look = `/MediaBox [0 0 ${PAGE.width} ${PAGE.height}] /Resources << /Font << /F1 3 0 R >> >>`;
    objects.push(`<< /Type /Page /Parent 2 0 R ${look} /Contents ${number - 1} 0 R >>`);
  }
  objects[1] = `<< /Type /Pages /Kids [${kids.join(' ')}] /Count ${pages} >>`;
  if (encryption) objects.push(encryption.dictionary);
  const pdf = assemble(objects, encryption);
  return variant === 'cut-off' ? pdf.subarray(0, Math.floor(pdf.length * 0.6)) : pdf;
}

/** Header, numbered objects, the table of their offsets, trailer. */
function assemble(objects, encryption) {
  const parts = [Buffer.from('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  let at = parts[0].length;
  const offsets = objects.map((object, index) => {
    const part = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n')]);
    parts.push(part);
    return (at += part.length) - part.length;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const locked = encryption ? ` /Encrypt ${objects.length} 0 R /ID [<${encryption.id}> <${encryption.id}>]` : '';
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R${locked} >>\nstartxref\n${at}\n%%EOF\n`;
  return Buffer.concat([...parts, Buffer.from(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}${trailer}`)]);
}

function stream(source, cipher = (bytes) => bytes) {
  const data = cipher(deflateSync(source));
  return Buffer.concat([Buffer.from(`<< /Length ${data.length} /Filter /FlateDecode >>\nstream\n`), data, Buffer.from('\nendstream')]);
}

const drawing = (page) => `0.8 g 100 ${100 + (page % 9) * 40} 300 200 re f`;

/** One small file, 60,000 lines on a page. */
const crowded = () => `BT /F1 8 Tf 60 400 Td\n${'(a) Tj 0 9 Td (b) Tj 0 -9 Td\n'.repeat(30_000)}ET`;

function text(page, pages) {
  const lines = [`Page ${page} of ${pages}`, '', ...prose(page)];
  if (page === pages) lines.push('', lastSentence(pages));
  const shown = lines.map((line) => `(${line.replace(/[\\()]/g, '\\$&')}) Tj T*`).join('\n');
  return `BT /F1 11 Tf ${PAGE.leading} TL ${PAGE.margin} ${PAGE.height - PAGE.margin} Td\n${shown}\nET`;
}

const WHO = [
  'The keeper',
  'A grey heron',
  'The night boat',
  'The harbour pilot',
  'An old lamp',
  'The north wind',
  'A lost letter',
  'The tide',
];
const DID = ['counted', 'carried', 'remembered', 'crossed', 'answered', 'followed', 'mended', 'measured'];
const WHAT = ['the seven bells', 'every wave', 'a chart of the bay', 'the broken pier', 'the last signal', 'its own echo', 'the salt road'];
const WHEN = ['before dawn', 'without a word', 'in the long winter', 'as the fog lifted', 'for the third time', 'until the light turned'];

/** Paragraphs that no other page has. */
function prose(page) {
  const random = generator(page);
  const one = (list) => list[Math.floor(random() * list.length)];
  const lines = [];
  while (lines.length < PAGE.lines - 4) {
    let line = `Note ${page}.${lines.length + 1}:`;
    for (let left = 3 + Math.floor(random() * 5); left > 0; left--) {
      for (const word of `${one(WHO)} ${one(DID)} ${one(WHAT)} ${one(WHEN)}.`.split(' ')) {
        if (line.length + word.length > 88) line = (lines.push(line), '');
        line += line === '' ? word : ` ${word}`;
      }
    }
    lines.push(line, '');
  }
  return lines.slice(0, PAGE.lines - 4);
}

/** Random numbers that are the same for the same seed (mulberry32). */
function generator(seed) {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The standard security handler, revision 2 (RC4, 40 bit): ISO 32000-1, 7.6.3. */
function encryptionOf(password) {
  const filler = Buffer.from('28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A', 'hex');
  const padded = Buffer.concat([Buffer.from(password), filler]).subarray(0, 32);
  const id = md5(Buffer.from('harmonia sample')).toString('hex');
  const owner = rc4(md5(padded).subarray(0, 5), padded);
  const key = md5(Buffer.concat([padded, owner, Buffer.from([0xfc, 0xff, 0xff, 0xff]), Buffer.from(id, 'hex')])).subarray(0, 5);
  const user = rc4(key, filler);
  const dictionary = `<< /Filter /Standard /V 1 /R 2 /P -4 /O <${owner.toString('hex')}> /U <${user.toString('hex')}> >>`;
  const cipher = (object) => (data) =>
    rc4(md5(Buffer.concat([key, Buffer.from([object, object >> 8, object >> 16, 0, 0])])).subarray(0, 10), data);
  return { id, dictionary, cipher };
}

const md5 = (data) => createHash('md5').update(data).digest();

/** By hand, since today's OpenSSL no longer has it. */
function rc4(key, data) {
  const box = Uint8Array.from({ length: 256 }, (_, index) => index);
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + box[i] + key[i % key.length]) & 255;
    [box[i], box[j]] = [box[j], box[i]];
  }
  let i = 0;
  let j = 0;
  return Buffer.from(data, 0).map((byte) => {
    i = (i + 1) & 255;
    j = (j + box[i]) & 255;
    [box[i], box[j]] = [box[j], box[i]];
    return byte ^ box[(box[i] + box[j]) & 255];
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({ options: { pages: { type: 'string', default: '40' }, variant: { type: 'string', default: 'plain' } } });
  const pages = Number(values.pages);
  if (!Number.isInteger(pages) || pages < 1 || !VARIANTS.includes(values.variant)) {
    console.error(`--pages is a number from 1, --variant one of ${VARIANTS.join(', ')}.`);
    process.exitCode = 1;
  } else process.stdout.write(makeSamplePdf({ pages, variant: values.variant }));
}
