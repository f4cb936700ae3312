import { expect } from '@playwright/test';
import { signIn, test } from './console-test';

const unknownJobs = [
  { what: 'an unknown id', address: '/jobs/0c6f4d2e-7f5b-4c3a-9d1e-2b8a6f0e4c71' },
  { what: 'no id at all', address: '/jobs/no%20id' },
];

for (const { what, address } of unknownJobs) {
  test(`[S4] the address of a job with ${what} says that there is none, and leads to the list`, async ({ page }) => {
    await signIn(page, 'Ada', address);
    await expect(page.getByRole('heading', { name: 'No such job' })).toBeVisible();
    await page.getByRole('main').getByRole('link', { name: 'All jobs' }).last().click();
    await expect(page.getByRole('heading', { name: 'No jobs yet' })).toBeVisible();
  });
}

test('a wrong address says so, signed in or not, and leads to the list', async ({ page }) => {
  await page.goto('/nowhere/at/all');
  await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible();
  await page.getByRole('link', { name: 'All jobs' }).click();
  await page.getByRole('button', { name: 'Ada' }).click();
  await expect(page.getByRole('heading', { name: 'No jobs yet' })).toBeVisible();
});
