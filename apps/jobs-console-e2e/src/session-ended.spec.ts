import { expect } from '@playwright/test';
import { signIn, test } from './console-test';

// that a browser logs what the server refused is no error here
test.use({ toleratedErrors: /status of 403/ });

test('[C7] who is no longer let in is told so, and after signing in again is where they were', async ({ page }) => {
  await signIn(page, 'Ada', '/jobs/some-job');
  await page.route('**/api/auth/demo', (route) =>
    route.request().method() === 'POST' ? route.fulfill({ status: 403 }) : route.continue(),
  );
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  const ended = page.getByText('Your session has ended. Sign in again to go on where you were.');
  await expect(ended).toBeVisible();

  await page.unroute('**/api/auth/demo');
  await page.getByRole('button', { name: 'Ada' }).click();
  await expect(page.getByRole('heading', { name: 'No such job' })).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect(ended).toHaveCount(0);
});
