import { expect } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { signIn, test } from './console-test';
import { JobPage } from './job-page';
import { isRising, ProgressRecord } from './progress-record';
import { uploadFile, writeSamplePdf } from './sample-file';

/** Twelve seconds of work on a slow machine, and still more than three on one four times as fast. */
const PAGES = 6000;

test('[C1] a real PDF, from upload to download, its progress seen live', async ({ page }, info) => {
  const pdf = writeSamplePdf(info, 'long.pdf', { pages: PAGES });
  let loads = 0;
  page.on('domcontentloaded', () => (loads += 1));

  await signIn(page, 'Ada');
  await expect(page.getByRole('heading', { name: 'No jobs yet' })).toBeVisible();
  await uploadFile(page, pdf);
  const job = await JobPage.open(page, 'long.pdf');
  const record = await ProgressRecord.of(job.bar);
  await job.expectStatus('Completed', 120_000);

  const readings = (await record.readings()).filter(({ percentage }) => percentage > 0);
  const percentages = readings.map(({ percentage }) => percentage);
  expect(percentages.filter((percentage) => percentage < 100).length).toBeGreaterThanOrEqual(5);
  expect(isRising(percentages), `rising: ${percentages.join(' ')}`).toBe(true);
  expect(percentages.at(-1)).toBe(100);
  expect((readings.at(-1)?.at ?? 0) - (readings[0]?.at ?? 0)).toBeGreaterThanOrEqual(3000);
  expect(loads).toBe(1);

  const downloading = page.waitForEvent('download');
  await job.press('Download long.md');
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('long.md');
  const markdown = await readFile(await download.path(), 'utf8');
  expect(markdown.match(/^## Page \d+$/gm)).toHaveLength(PAGES);
  expect(markdown.slice(-200)).toContain(`Here ends the sample: all ${PAGES} pages were read to the last word.`);
});
