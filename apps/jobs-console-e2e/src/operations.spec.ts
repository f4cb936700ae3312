import { expect, type Page } from '@playwright/test';
import { expectNoViolations } from './axe';
import { Caller } from './caller';
import { anotherTab, expectConnection, signIn, test } from './console-test';

// that a browser logs what the server refused is no error here
test.use({ toleratedErrors: /Failed to load resource: the server responded with a status of 400/ });

/** An admin on the operations page, by way of the navigation. */
async function openOperations(page: Page): Promise<void> {
  await signIn(page, 'Admin');
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Operations' }).click();
  await expect(page.getByRole('table', { name: 'Nodes' })).toBeVisible();
}

test('[P3] an admin sees two connections and whose they are, one leaves, and the figures follow', async ({ page, context }) => {
  const ada = await anotherTab(context, 'Ada');
  await expectConnection(ada, 'live');
  await openOperations(page);
  const figure = page.locator('.tile', { hasText: 'Connections' }).locator('.figure');
  const connections = page.getByRole('table', { name: 'Connections' }).locator('tbody');
  await expect(figure).toHaveText('2');
  await expect(connections.getByRole('row')).toHaveCount(2);
  await expect(connections.getByRole('row', { name: 'ada' })).toContainText('own list');
  // of many nodes one that an earlier test killed is known, with its people, until it has been silent for long
  await expect(page.getByText('2 people online')).toBeVisible({ timeout: 40_000 });
  await expect(page.getByRole('button', { name: 'people are online' })).toHaveAccessibleName(/: (Ada, Admin|Admin, Ada)$/);

  await ada.close();
  await expect(figure).toHaveText('1');
  await expect(connections.getByRole('row')).toHaveCount(1);
  await expect(connections.getByRole('row')).toContainText('admin');
  await expect(page.getByText('Only you are online')).toBeVisible();
});

test('[M2] an admin announces, is told at the field what is wrong, and finds it in the audit; axe finds nothing', async ({ page }) => {
  await openOperations(page);
  const message = page.getByRole('textbox', { name: 'Message' });
  await page.getByRole('button', { name: 'Send to everybody' }).click();
  await expect(message).toHaveAccessibleDescription('A message is not empty.');
  await expect(message).toBeFocused();
  await expectNoViolations(page);

  await message.fill('We restart at noon.');
  await page.getByRole('button', { name: 'Send to everybody' }).click();
  await expect(page.getByText('Sent to everybody who is connected.')).toBeVisible();
  await page.getByRole('button', { name: 'Read the audit again' }).click();
  const newest = page.getByRole('table', { name: 'Audit' }).locator('tbody').getByRole('row').first();
  await expect(newest).toContainText(/admin.*announce.*done/);
});

test('nobody else gets the operations page, nor what it shows', async ({ page, request }) => {
  await signIn(page, 'Ada');
  await expect(page.getByRole('link', { name: 'Operations' })).toHaveCount(0);
  await page.goto('/operations');
  await expect(page.getByRole('heading', { name: 'For administrators only' })).toBeVisible();
  const ada = await Caller.signIn(request, 'ada');
  for (const path of ['/v1/websocket/stats', '/v1/websocket/connections', '/audit']) {
    const answer = await ada.send('GET', path);
    expect([path, answer.status()]).toEqual([path, 403]);
  }
});
