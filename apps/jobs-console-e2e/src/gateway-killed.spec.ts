import type { Job } from '@harmonia/contract';
import { expect } from '@playwright/test';
import { Caller } from './caller';
import { expectConnection, signIn } from './console-test';
import { JobPage } from './job-page';
import { test } from './own-gateway-test';
import { isRising, ProgressRecord } from './progress-record';

test('[C7] a gateway killed in the middle of a job: the page says so, comes back by itself, and ends on what is true', async ({
  page,
  gateway,
  request,
}) => {
  let loads = 0;
  page.on('domcontentloaded', () => (loads += 1));
  await signIn(page, 'Ada');
  await page.getByRole('button', { name: 'Simulate a job' }).click();
  const job = await JobPage.open(page, 'A simulated job');
  const record = await ProgressRecord.of(job.bar);
  await expect.poll(async () => (await record.percentages()).at(-1) ?? 0).toBeGreaterThan(20);

  await gateway.kill();
  await expectConnection(page, 'lost');
  await job.expectStatus('Running'); // the last that was known stays
  const before = await record.percentages();

  await gateway.start();
  await expectConnection(page, 'live');
  await job.expectAttempt(2);
  await job.expectStatus('Completed', 60_000);
  const second = (await record.percentages()).slice(before.length);
  expect(second[0]).toBeLessThan(before.at(-1) ?? 0);
  expect(isRising(second), `rising: ${second.join(' ')}`).toBe(true);
  expect(second.at(-1)).toBe(100);
  expect(loads).toBe(1);

  const ada = await Caller.signIn(request, 'ada', gateway.url);
  const told = await ada.ask<Job>('GET', new URL(page.url()).pathname);
  expect(told).toMatchObject({ status: 'completed', attempt: 2, progress: { percentage: 100 } });
});
