import { expect } from '@playwright/test';
import { expectNoViolations } from './axe';
import { expectConnection, signIn } from './console-test';
import { test } from './own-gateway-test';

test('[C7] a page loaded anew while the gateway is down stays signed in, says what is so, and resumes by itself', async ({
  page,
  gateway,
}) => {
  const inTheBar = page.getByRole('banner').getByRole('button', { name: 'Try to connect now' });
  const inThePage = page.getByRole('main').getByRole('button', { name: 'Try now' });
  await signIn(page, 'Ada');
  await page.getByRole('button', { name: 'Simulate a job' }).click();
  const job = page.getByRole('link', { name: 'A simulated job' });
  await expect(job).toBeVisible();

  await gateway.kill();
  await expectConnection(page, 'lost');
  await expect(inTheBar).toBeVisible();
  await expect(inThePage).toHaveCount(0);
  await expectNoViolations(page);

  await page.reload();
  await expect(page.getByRole('heading', { name: 'No connection to the server' })).toBeVisible();
  await expect(page.getByRole('banner')).toContainText('Ada');
  await expect(page).toHaveURL(/\/jobs$/);
  await expect(inThePage).toBeVisible();
  await expect(inTheBar).toBeHidden(); // the page says it already
  await expectNoViolations(page);

  await gateway.start();
  await expectConnection(page, 'live');
  await expect(job).toBeVisible();
});
