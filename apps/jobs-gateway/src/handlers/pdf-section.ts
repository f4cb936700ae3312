import type { PdfLine } from './pdf-pages.js';

/** A gap this much wider than the usual one begins a paragraph. */
const PARAGRAPH_GAP = 1.4;

/**
 * One page as a section of Markdown: a heading, then paragraphs whose lines stay as they were printed. What Markdown
 * would take for formatting is escaped, so that the reader sees the text of the PDF.
 *
 * @example pageSection(3, [{ text: '# 1 of 2', y: 700, height: 11 }]); // '## Page 3\n\n\\# 1 of 2\n\n'
 */
export function pageSection(number: number, lines: readonly PdfLine[]): string {
  const paragraphs = paragraphsOf(lines.filter(({ text }) => text.trim() !== ''));
  const text = paragraphs.map((paragraph) => paragraph.map((line) => plainText(line.text)).join('\n')).join('\n\n');
  return `## Page ${number}\n\n${text === '' ? '_No text on this page._' : text}\n\n`;
}

/** Any text so that Markdown shows it as it is, on one line. */
export function plainText(text: string): string {
  return text
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]<>]/g, '\\$&')
    .replace(/^(#{1,6}(?=\s|$)|[-+=~|])/, '\\$1')
    .replace(/^(\d+)([.)](?=\s|$))/, '$1\\$2');
}

/** A new paragraph begins where the gap to the line above is unusually wide, or where the text jumps up (a new column). */
function paragraphsOf(lines: readonly PdfLine[]): PdfLine[][] {
  const usual = usualGap(lines);
  const paragraphs: PdfLine[][] = [];
  let above: PdfLine | undefined;
  for (const line of lines) {
    const gap = above ? above.y - line.y : Infinity;
    if (gap < 0 || gap > usual * PARAGRAPH_GAP) paragraphs.push([]);
    paragraphs.at(-1)?.push(line);
    above = line;
  }
  return paragraphs;
}

/** The lower quartile of the gaps between lines, never less than the size of the text. */
function usualGap(lines: readonly PdfLine[]): number {
  const gaps = lines.flatMap(({ y }, index) => {
    const gap = (lines[index - 1]?.y ?? y) - y;
    return gap > 0 ? [gap] : [];
  });
  gaps.sort((a, b) => a - b);
  return Math.max(gaps[Math.floor(gaps.length / 4)] ?? 0, lines[0]?.height ?? 0);
}
