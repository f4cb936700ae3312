import { expect } from '@playwright/test';
import { expectConnection, signIn, test } from './console-test';
import { JobPage } from './job-page';

const TITLE = 'A simulated job';

test('[C8] signing out ends the connection and leaves nothing of the first user for the second', async ({ page }) => {
  const sockets: { closed: boolean }[] = [];
  page.on('websocket', (socket) => {
    const seen = { closed: false };
    sockets.push(seen);
    socket.on('close', () => (seen.closed = true));
  });
  await signIn(page, 'Ada');
  await page.getByRole('button', { name: 'Simulate a job' }).click();
  const job = await JobPage.open(page, TITLE);
  await job.expectStatus('Running');
  const { pathname } = new URL(page.url());

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in*');
  await expect.poll(() => sockets.map(({ closed }) => closed)).toEqual([true]);
  await expect(page.getByText(TITLE)).toHaveCount(0);
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);

  // the same page, not loaded again: what the store kept, it would show
  await page.getByRole('button', { name: 'Grace' }).click();
  await expect(page.getByRole('heading', { name: 'No jobs yet' })).toBeVisible();
  await expectConnection(page, 'live');
  await expect(page.getByText(TITLE)).toHaveCount(0);
  await page.goBack();
  await page.goBack();
  await expect(page).toHaveURL(new RegExp(`${pathname}$`));
  await expect(page.getByRole('heading', { name: 'No such job' })).toBeVisible();
  await expect(page.getByText(TITLE)).toHaveCount(0);
});
