import { expect } from '@playwright/test';
import { expectConnection, signIn } from './console-test';
import { JobPage } from './job-page';
import { test } from './own-gateway-test';

const TWO_HOURS_MS = 2 * 3600 * 1000;

test('[C7] a token that expires while offline: a fresh one is asked for once, and the page goes on', async ({ page, gateway }) => {
  let tokens = 0;
  let refusals = 0;
  page.on('response', (answer) => {
    if (answer.request().method() === 'POST' && answer.url().endsWith('/api/auth/demo')) tokens += 1;
  });
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      if (payload.includes('token-expired')) refusals += 1;
    }),
  );
  await signIn(page, 'Ada');
  await expectConnection(page, 'live');
  expect(tokens).toBe(1);

  await gateway.kill();
  await expectConnection(page, 'lost');
  await gateway.start({ clockAheadMs: TWO_HOURS_MS });
  await expectConnection(page, 'live');
  expect(refusals).toBe(1);
  expect(tokens).toBe(2);

  await page.getByRole('button', { name: 'Simulate a job' }).click();
  const job = await JobPage.open(page, 'A simulated job');
  await job.expectStatus('Completed', 60_000);
  expect(tokens).toBe(2);
});
