import { expect } from '@playwright/test';
import { anotherTab, signIn, test } from './console-test';
import { JobPage } from './job-page';
import { isRising, ProgressRecord } from './progress-record';

test('[S3] the list moves along with a job that another tab shows', async ({ page, context }) => {
  await signIn(page, 'Ada');
  await page.getByRole('button', { name: 'Simulate a job' }).click();
  const row = page.getByRole('listitem').filter({ hasText: 'A simulated job' });
  const address = (await row.getByRole('link').getAttribute('href')) ?? '';
  const listed = await ProgressRecord.of(row.getByRole('progressbar'));

  const job = await JobPage.showing(await anotherTab(context, 'Ada', address), 'A simulated job');
  const shown = await ProgressRecord.of(job.bar);
  const listedBefore = (await listed.percentages()).length;
  await expect.poll(async () => (await shown.percentages()).length).toBeGreaterThanOrEqual(6);
  await expect.poll(async () => (await listed.percentages()).length).toBeGreaterThanOrEqual(listedBefore + 5);

  await job.expectStatus('Completed');
  await expect(row).toContainText('Completed');
  for (const record of [listed, shown]) {
    const percentages = await record.percentages();
    expect(isRising(percentages), `rising: ${percentages.join(' ')}`).toBe(true);
    expect(percentages.at(-1)).toBe(100);
  }
});
