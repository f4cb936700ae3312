import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const TOOL = fileURLToPath(new URL('../../../../tools/make-sample-pdf.mjs', import.meta.url));

/** A PDF for specs, made by the script that makes the sample of the demo. */
export function samplePdf(
  pages: number,
  variant: 'plain' | 'encrypted' | 'no-text' | 'cut-off' | 'crowded' = 'plain',
): Buffer<ArrayBuffer> {
  const made = execFileSync(process.execPath, [TOOL, '--pages', String(pages), '--variant', variant], { maxBuffer: 2 ** 28 });
  return Buffer.from(made);
}

/** The sentence with which such a PDF ends. */
export const lastSentence = (pages: number): string => `Here ends the sample: all ${pages} pages were read to the last word.`;
