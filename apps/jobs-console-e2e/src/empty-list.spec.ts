import { expect } from '@playwright/test';
import { signIn, test } from './console-test';
import { JobPage } from './job-page';

test('an empty list offers a sample PDF, which runs to its end', async ({ page }) => {
  await signIn(page, 'Ada');
  await expect(page.getByRole('heading', { name: 'No jobs yet' })).toBeVisible();
  await page.getByRole('button', { name: 'Run a sample PDF' }).click();
  const job = await JobPage.open(page, 'sample.pdf');

  await job.expectStatus('Completed');
  await expect(job.article.getByRole('button', { name: 'Download sample.md' })).toBeVisible();
});

test('an empty list offers a simulated job, which starts at once', async ({ page }) => {
  await signIn(page, 'Ada');
  await expect(page.getByRole('heading', { name: 'No jobs yet' })).toBeVisible();
  await page.getByRole('button', { name: 'Simulate a job' }).click();
  const job = await JobPage.open(page, 'A simulated job');

  await job.expectStatus('Running');
  await expect(job.article).toContainText(/Step \d+ of 40/);
});
