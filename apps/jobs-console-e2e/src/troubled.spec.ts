import { expect } from '@playwright/test';
import { expectNoViolations } from './axe';
import { expectConnection, signIn, test } from './console-test';
import { JobPage } from './job-page';

test.use({ toleratedErrors: /WebSocket connection to .+ failed/ });

test('[C6] a page whose syncs stay unanswered says that it is not up to date; axe finds nothing on it', async ({ page }) => {
  let answers = true;
  await page.routeWebSocket(/\/socket\.io\//, (socket) => {
    const gateway = socket.connectToServer();
    socket.onMessage((message) => {
      if (answers || !message.includes('jobs:sync')) gateway.send(message);
    });
  });
  await signIn(page, 'Ada');
  await page.getByRole('button', { name: 'Simulate a job' }).click();
  await expect(page.getByRole('link', { name: 'A simulated job' })).toBeVisible();
  await expectConnection(page, 'live');

  answers = false;
  await JobPage.open(page, 'A simulated job');
  await expectConnection(page, 'stale');
  await expect(page.getByRole('article')).toContainText('What you see may be out of date.');
  await expectNoViolations(page);
  await page.getByRole('link', { name: 'All jobs' }).click();
  await expectNoViolations(page);
});

test('[C7] axe finds nothing on a page that polls', async ({ page }) => {
  await page.routeWebSocket(/\/socket\.io\//, (socket) => socket.close());
  await signIn(page, 'Ada');
  await expectConnection(page, 'polling');
  await expect(page.getByRole('heading', { name: 'No jobs yet' })).toBeVisible();
  await expectNoViolations(page);
});

test('[C7] a page whose protocol the server does not speak says so for good, until it is told to try again; axe finds nothing on it', async ({
  page,
}) => {
  let isUnderstood = false;
  await page.routeWebSocket(/\/socket\.io\//, (socket) => {
    const gateway = socket.connectToServer();
    socket.onMessage((message) => gateway.send(isUnderstood ? message : String(message).replace('"protocol":1', '"protocol":0')));
  });
  await signIn(page, 'Ada');
  for (const address of ['/jobs', '/jobs/some-job']) {
    await page.goto(address);
    await expectConnection(page, 'refused');
    await expect(page.getByRole('heading', { name: 'The server refused the connection' })).toBeVisible();
    await expectNoViolations(page);
  }
  isUnderstood = true;
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { name: 'No such job' })).toBeVisible();
});
