import { expect, type Locator } from '@playwright/test';
import { test } from './console-test';
import { JobPage } from './job-page';

const MOST_STOPS = 30;

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

test('signing in, starting a job and cancelling it need no mouse', async ({ page }) => {
  await page.goto('/');
  await enter(page.getByRole('button', { name: 'Ada' }));
  await expect(page.getByRole('heading', { name: 'No jobs yet' })).toBeVisible();
  await enter(page.getByRole('button', { name: 'Simulate a job' }));
  await enter(page.getByRole('link', { name: 'A simulated job' }));
  const job = await JobPage.showing(page, 'A simulated job');
  await enter(job.article.getByRole('button', { name: 'Cancel' }));
  await job.expectStatus('Cancelled');
});

test('the first stop of the Tab key skips to the content', async ({ page }) => {
  await page.goto('/');
  await enter(page.getByRole('button', { name: 'Skip to content' }));
  await expect(page.getByRole('main')).toBeFocused();
});
