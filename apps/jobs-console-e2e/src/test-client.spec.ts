import { expect } from '@playwright/test';
import { test } from './console-test';

test('[S2] the test client hears everything of a job, from created to completed', async ({ page }) => {
  await page.goto('/test-client');
  await page.getByLabel('Demo user').selectOption('ada');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText('Connected as ada.');

  await page.getByRole('button', { name: 'Subscribe to my jobs', exact: true }).click();
  const titles = page.getByRole('list', { name: 'Events' }).locator('b');
  await expect(titles.getByText('jobs:subscribe:user answered')).toBeVisible();
  await page.getByLabel('Steps').fill('4');
  await page.getByLabel('Pause in ms').fill('100');
  await page.getByRole('button', { name: 'Simulate a job' }).click();

  await expect(titles.getByText('job:completed')).toBeVisible();
  const events = (await titles.allTextContents()).reverse().filter((title) => /^job:[a-z]+$/.test(title));
  expect(events[0]).toBe('job:created');
  expect(events.filter((event) => event === 'job:progress').length).toBeGreaterThanOrEqual(2);
  expect(events.at(-1)).toBe('job:completed');
  expect(events).not.toContain('exception');
});
