import { expect } from '@playwright/test';
import { anotherTab, signIn, test } from './console-test';
import { JobPage } from './job-page';
import { isRising, ProgressRecord } from './progress-record';

test('[R2] a simulated job is cancelled while it runs, and starts from the beginning when run again', async ({ page }) => {
  await signIn(page, 'Ada');
  await page.getByRole('button', { name: 'Simulate a job' }).click();
  const job = await JobPage.open(page, 'A simulated job');
  const record = await ProgressRecord.of(job.bar);
  const reached = async () => (await record.percentages()).at(-1) ?? 0;

  await job.expectAttempt(1);
  await expect.poll(reached).toBeGreaterThan(10);
  await job.press('Cancel');
  await job.expectStatus('Cancelled');
  const cancelledAt = await record.percentages();
  expect(isRising(cancelledAt)).toBe(true);
  expect(cancelledAt.at(-1)).toBeLessThan(100);

  await job.press('Run again');
  await job.expectStatus('Running');
  await job.expectAttempt(2);
  const second = async () => (await record.percentages()).slice(cancelledAt.length);
  await expect.poll(async () => (await second()).length).toBeGreaterThanOrEqual(3);
  expect((await second())[0]).toBeLessThan(cancelledAt.at(-1) ?? 0);
  expect(isRising(await second())).toBe(true);
});

test('[C2] a finished job is deleted after a second question, and is gone from its page and from the list', async ({ page, context }) => {
  await signIn(page, 'Ada');
  await page.getByRole('button', { name: 'Run a sample PDF' }).click();
  const job = await JobPage.open(page, 'sample.pdf');
  await job.expectStatus('Completed');
  const same = await JobPage.showing(await anotherTab(context, 'Ada', new URL(page.url()).pathname), 'sample.pdf');

  await job.press('Delete');
  await expect(job.article).toContainText('Delete this job with its files?');
  await job.press('Delete');
  await expect(page.getByRole('heading', { name: 'No jobs yet' })).toBeVisible();
  await expect(same.page.getByRole('heading', { name: 'No such job' })).toBeVisible();
});
