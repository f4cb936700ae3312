import type { Job } from '@harmonia/contract';
import { expect } from '@playwright/test';
import { Caller } from './caller';
import { expectConnection, signIn } from './console-test';
import { JobPage } from './job-page';
import { test } from './own-gateway-test';
import { isRising, ProgressRecord } from './progress-record';
import { SocketGate } from './socket-gate';

const LONG = { jobType: 'simulate', title: 'A long job', input: { steps: 200, delayMs: 200 } };

test('[C7] while no websocket gets through, the page says that it polls and its job moves on; the socket takes over when it can', async ({
  page,
  gateway,
  request,
}) => {
  const gate = await SocketGate.before(gateway.url);
  await page.route('**/config.json', (route) => route.fulfill({ json: { gateway: { url: gate.url } } }));
  const ada = await Caller.signIn(request, 'ada', gateway.url);
  const { id } = await ada.ask<Job>('POST', '/jobs', LONG);

  await signIn(page, 'Ada', `/jobs/${id}`);
  await expectConnection(page, 'polling');
  const job = await JobPage.showing(page, LONG.title);
  const record = await ProgressRecord.of(job.bar);
  const readings = async () => (await record.readings()).length;
  await expect.poll(readings).toBeGreaterThanOrEqual(3);
  await expectConnection(page, 'polling');

  gate.isOpen = true;
  await page.evaluate(() => window.dispatchEvent(new Event('online'))); // the page need not wait for its next try
  await expectConnection(page, 'live');
  const polled = await readings();
  await expect.poll(readings).toBeGreaterThanOrEqual(polled + 5);
  await job.press('Cancel');
  await job.expectStatus('Cancelled');
  const percentages = await record.percentages();
  expect(isRising(percentages), `rising: ${percentages.join(' ')}`).toBe(true);
  gate.close();
});
