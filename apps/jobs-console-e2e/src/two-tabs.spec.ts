import { expect } from '@playwright/test';
import { anotherTab, signIn, test } from './console-test';
import { JobPage } from './job-page';
import { isRising, ProgressRecord } from './progress-record';

test('[S3] two tabs of one job stay in step: its progress, a cancel in the one, a new run in the other', async ({ page, context }) => {
  await signIn(page, 'Ada');
  await page.getByRole('button', { name: 'Simulate a job' }).click();
  const one = await JobPage.open(page, 'A simulated job');
  const other = await JobPage.showing(await anotherTab(context, 'Ada', new URL(page.url()).pathname), 'A simulated job');
  const records = [await ProgressRecord.of(one.bar), await ProgressRecord.of(other.bar)];
  for (const record of records) await expect.poll(async () => (await record.percentages()).length).toBeGreaterThanOrEqual(5);

  await one.press('Cancel');
  for (const tab of [one, other]) await tab.expectStatus('Cancelled');
  const [here, there] = await Promise.all(records.map((record) => record.percentages()));
  expect(there?.at(-1)).toBe(here?.at(-1));
  for (const percentages of [here, there]) expect(isRising(percentages ?? []), `rising: ${percentages?.join(' ')}`).toBe(true);

  await other.press('Run again');
  for (const tab of [one, other]) {
    await tab.expectStatus('Running');
    await tab.expectAttempt(2);
  }
});
