import { expect, test as base, type APIRequestContext, type BrowserContext, type Page } from '@playwright/test';

/** Two users of the demo. */
export type Person = 'Ada' | 'Grace';

interface ConsoleFixtures {
  /** Every test begins with a server that has no jobs. */
  readonly emptyServer: void;
  /** A test fails when a page, on whichever tab, threw or logged an error. */
  readonly soundPages: void;
}

/** A test of the console against the real server. */
export const test = base.extend<ConsoleFixtures>({
  emptyServer: [
    async ({ request }, use) => {
      for (const user of ['ada', 'grace']) await removeJobs(request, user);
      await use();
    },
    { auto: true },
  ],
  soundPages: [
    async ({ context }, use) => {
      const errors: string[] = [];
      context.on('weberror', (thrown) => errors.push(thrown.error().message));
      context.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      await use();
      expect(errors).toEqual([]);
    },
    { auto: true },
  ],
});

async function removeJobs(request: APIRequestContext, user: string): Promise<void> {
  const session: { token: string } = await (await request.post('/api/auth/demo', { data: { user } })).json();
  const headers = { authorization: `Bearer ${session.token}` };
  const list: { jobs: { id: string }[] } = await (await request.get('/api/jobs', { headers })).json();
  for (const { id } of list.jobs) {
    await request.post(`/api/jobs/${id}/cancel`, { headers }); // refused when it has ended, which is as good
    await expect(await request.delete(`/api/jobs/${id}`, { headers })).toBeOK();
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
