import type { Job } from '@harmonia/contract';
import { expect } from '@playwright/test';
import { Caller } from './caller';
import { signIn, test } from './console-test';
import { JobPage } from './job-page';

const TITLE = 'Work elsewhere';

test.use({ toleratedErrors: /status of 409/ });

test('[C10] a cancel is shown at once; refused since it came too late, it is taken back, and the page says why', async ({
  page,
  request,
}) => {
  const ada = await Caller.signIn(request, 'ada');
  const worker = await Caller.signIn(request, 'worker');
  const { id } = await ada.ask<Job>('POST', '/jobs', { jobType: 'external', title: TITLE });
  const report = (sequence: number, news: object) => worker.ask('POST', `/jobs/${id}/reports`, { attempt: 1, sequence, ...news });
  await report(1, { progress: { current: 1, total: 2, message: 'Half of it' } });
  await signIn(page, 'Ada', `/jobs/${id}`);
  const job = await JobPage.showing(page, TITLE);
  await job.expectStatus('Running');

  await page.route('**/cancel', async (route) => {
    await job.expectStatus('Cancelled');
    await report(2, { status: 'completed' });
    await route.continue();
  });
  await job.press('Cancel');
  await job.expectStatus('Completed');
  await expect(job.article.getByRole('alert')).toContainText('its status does not allow this');
  await expect(job.article.getByRole('button', { name: 'Cancel' })).toHaveCount(0);
  expect(await ada.ask<Job>('GET', `/jobs/${id}`)).toMatchObject({ status: 'completed', attempt: 1 });
});
