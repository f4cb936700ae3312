import { expect, type Locator, type Page } from '@playwright/test';
import { test } from './console-test';
import { JobPage } from './job-page';
import { writeSamplePdf } from './sample-file';

const MOST_STOPS = 30;
/** Seconds of work, so that a hand can cancel it. */
const PAGES = 2000;

/** Something has the focus: without, a screen reader begins at the top again. */
async function expectFocus(page: Page): Promise<void> {
  await expect(page.locator('body')).not.toBeFocused();
}

/** Tabs on until the element has the focus, then presses Enter. */
async function enter(target: Locator): Promise<void> {
  const { keyboard } = target.page();
  await expect(target).toBeVisible();
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await keyboard.press('Tab');
    if (await target.evaluate((element) => element === document.activeElement)) return keyboard.press('Enter');
  }
  throw new Error(`The Tab key does not lead to ${target}.`);
}

test('the whole way of a file needs no mouse: in, upload, cancel, again, download, filter, out', async ({ page }, info) => {
  const pdf = writeSamplePdf(info, 'report.pdf', { pages: PAGES });
  await page.goto('/');
  await enter(page.getByRole('button', { name: 'Ada' }));
  await expect(page.getByRole('heading', { name: 'No jobs yet' })).toBeVisible();

  const dialog = page.waitForEvent('filechooser');
  await enter(page.getByRole('button', { name: 'Upload files' }));
  await (await dialog).setFiles(pdf);
  await enter(page.getByRole('link', { name: 'report.pdf' }));
  const job = await JobPage.showing(page, 'report.pdf');
  await enter(job.article.getByRole('button', { name: 'Cancel' }));
  await job.expectStatus('Cancelled');
  await expectFocus(page);
  await enter(job.article.getByRole('button', { name: 'Run again' }));
  await job.expectStatus('Completed', 60_000);
  await expectFocus(page);
  const download = page.waitForEvent('download');
  await enter(job.article.getByRole('button', { name: 'Download report.md' }));
  expect((await download).suggestedFilename()).toBe('report.md');

  await enter(page.getByRole('link', { name: 'All jobs' }));
  await enter(page.getByRole('button', { name: 'Failed' }));
  await expect(page.getByRole('heading', { name: 'No job matches' })).toBeVisible();
  await enter(page.getByRole('button', { name: 'Clear filters' }).first());
  await expect(page.getByRole('link', { name: 'report.pdf' })).toBeVisible();
  await enter(page.getByRole('button', { name: 'Sign out' }));
  await expect(page.getByRole('button', { name: 'Ada' })).toBeVisible();
});

test('the first stop of the Tab key skips to the content', async ({ page }) => {
  await page.goto('/');
  await enter(page.getByRole('button', { name: 'Skip to content' }));
  await expect(page.getByRole('main')).toBeFocused();
});
