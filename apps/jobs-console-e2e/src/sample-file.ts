import { workspaceRoot } from '@nx/devkit';
import type { Page, TestInfo } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const TOOL = join(workspaceRoot, 'tools/make-sample-pdf.mjs');
const MOST_BYTES = 2 ** 28;

/** Which kind of PDF, as the tool makes them. */
export interface SamplePdf {
  readonly pages: number;
  readonly variant?: 'plain' | 'encrypted' | 'no-text' | 'cut-off';
}

/** Makes a PDF in the test's folder of outputs; answers where it is. */
export function writeSamplePdf(info: TestInfo, name: string, { pages, variant = 'plain' }: SamplePdf): string {
  const path = info.outputPath(name);
  mkdirSync(dirname(path), { recursive: true });
  const made = execFileSync(process.execPath, [TOOL, '--pages', String(pages), '--variant', variant], { maxBuffer: MOST_BYTES });
  writeFileSync(path, made);
  return path;
}

/** Uploads a file as a person does: by the button, and the file dialog that it opens. */
export async function uploadFile(page: Page, path: string): Promise<void> {
  const dialog = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Upload files' }).click();
  await (await dialog).setFiles(path);
}
