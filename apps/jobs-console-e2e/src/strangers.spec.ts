import { expect } from '@playwright/test';
import { anotherTab, signIn, test } from './console-test';
import { JobPage } from './job-page';
import { ProgressRecord } from './progress-record';

test('[S4] nobody sees the job of somebody else, neither in the list nor by its address', async ({ page, context }) => {
  const stranger = await anotherTab(context, 'Grace');
  await expect(stranger.getByRole('heading', { name: 'No jobs yet' })).toBeVisible();

  await signIn(page, 'Ada');
  await page.getByRole('button', { name: 'Simulate a job' }).click();
  const job = await JobPage.open(page, 'A simulated job');
  const record = await ProgressRecord.of(job.bar);
  await expect.poll(async () => (await record.percentages()).length).toBeGreaterThanOrEqual(5);

  await expect(stranger.getByRole('heading', { name: 'No jobs yet' })).toBeVisible();
  const byAddress = await anotherTab(context, 'Grace', new URL(page.url()).pathname);
  await expect(byAddress.getByRole('heading', { name: 'No such job' })).toBeVisible();
  await expect(byAddress.getByText('A simulated job')).toHaveCount(0);
});
