import { expect, test as base, type APIRequestContext, type BrowserContext, type Page } from '@playwright/test';
import { Caller } from './caller';

/** Two users of the demo, and one who sees everything. */
export type Person = 'Ada' | 'Grace' | 'Admin';

interface ConsoleFixtures {
  /** What a page may log as an error in this test. */
  readonly toleratedErrors: RegExp;
  /** Every test begins with a server that has no jobs. */
  readonly emptyServer: void;
  /** A test fails when a page, on whichever tab, threw or logged an error. */
  readonly soundPages: void;
}

/** A test of the console against the real server. */
export const test = base.extend<ConsoleFixtures>({
  toleratedErrors: [/^$/, { option: true }],
  emptyServer: [
    async ({ request }, use) => {
      for (const user of ['ada', 'grace']) await removeJobs(request, user);
      await use();
    },
    { auto: true },
  ],
  soundPages: [
    async ({ context, toleratedErrors }, use) => {
      const errors: string[] = [];
      context.on('weberror', (thrown) => errors.push(thrown.error().message));
      context.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      await use();
      expect(errors.filter((error) => !toleratedErrors.test(error))).toEqual([]);
    },
    { auto: true },
  ],
});

async function removeJobs(request: APIRequestContext, user: string): Promise<void> {
  const caller = await Caller.signIn(request, user);
  const { jobs } = await caller.ask<{ jobs: readonly { id: string }[] }>('GET', '/jobs');
  for (const { id } of jobs) {
    await caller.send('POST', `/jobs/${id}/cancel`); // refused when it has ended, which is as good
    await expect(await caller.send('DELETE', `/jobs/${id}`)).toBeOK();
  }
}

/** Opens an address of the console, signs in on the way, and waits for the page that was asked for. */
export async function signIn(page: Page, person: Person, address = '/jobs'): Promise<void> {
  await page.goto(address);
  await page.getByRole('button', { name: person }).click();
  await page.waitForURL(`**${address}`);
  await expect(page.getByRole('banner')).toContainText(person);
}

/** The same on a tab of its own; who is signed in is a matter of the tab. */
export async function anotherTab(context: BrowserContext, person: Person, address?: string): Promise<Page> {
  const page = await context.newPage();
  await signIn(page, person, address);
  return page;
}

/** Waits until the page says how it stands with the gateway. */
export async function expectConnection(page: Page, standing: keyof typeof STANDINGS, timeout?: number): Promise<void> {
  await expect(page.getByRole('banner').locator('harmonia-connection-badge')).toHaveText(STANDINGS[standing], { timeout });
}

/** By what it means: the words are the console's. */
const STANDINGS = {
  live: /^live/i,
  lost: /reconnecting|offline|lost|no connection/i,
  stale: /not up to date/i,
  polling: /polling|every few seconds/i,
  refused: /refused/i,
} as const;
