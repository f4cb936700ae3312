import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { signIn, test } from './console-test';
import { JobPage } from './job-page';

const SCHEMES = ['light', 'dark'] as const;
const WIDTHS = [1280, 360];

/** Looks at the page as it is, by day and by night, wide and narrow. */
async function expectNoViolations(page: Page): Promise<void> {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const colorScheme of SCHEMES) {
    for (const width of WIDTHS) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
      expect(found, `${colorScheme}, ${width} px`).toEqual([]);
    }
  }
}

async function start(page: Page, input: object): Promise<void> {
  const session: { token: string } = await (await page.request.post('/api/auth/demo', { data: { user: 'ada' } })).json();
  const headers = { authorization: `Bearer ${session.token}` };
  const data = { jobType: 'simulate', title: 'A job to look at', tags: ['finance'], input };
  await expect(await page.request.post('/api/jobs', { headers, data })).toBeOK();
}

const jobs = [
  { word: 'Running', input: { steps: 600, delayMs: 500 } },
  { word: 'Completed', input: { steps: 2, delayMs: 10 } },
  { word: 'Failed', input: { steps: 4, delayMs: 10, failAtStep: 3 } },
] as const;

test('axe finds nothing on the way in, on an empty list and where there is no job', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('button', { name: 'Ada' })).toBeVisible();
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Ada' }).click();
  await expect(page.getByRole('heading', { name: 'No jobs yet' })).toBeVisible();
  await expectNoViolations(page);
  await page.goto('/jobs/unknown-job');
  await expect(page.getByRole('heading', { name: 'No such job' })).toBeVisible();
  await expectNoViolations(page);
});

for (const { word, input } of jobs) {
  test(`axe finds nothing on the list, narrowed or not, and on the page of a job: ${word}`, async ({ page }) => {
    await start(page, input);
    await signIn(page, 'Ada');
    await expect(page.getByRole('listitem').filter({ hasText: word })).toBeVisible();
    await expectNoViolations(page);
    await page.getByRole('button', { name: word }).click();
    await expect(page.getByRole('button', { name: 'Clear filters' })).toBeVisible();
    await expectNoViolations(page);
    const job = await JobPage.open(page, 'A job to look at');
    await job.expectStatus(word);
    await expect(page.getByRole('list', { name: 'History' }).getByRole('listitem').last()).toContainText('Queued');
    await expectNoViolations(page);
  });
}
