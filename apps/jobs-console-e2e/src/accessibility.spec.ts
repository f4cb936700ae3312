import { expect, type Page } from '@playwright/test';
import { expectNoViolations } from './axe';
import { signIn, test } from './console-test';
import { JobPage } from './job-page';

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

test('axe finds nothing on the way in, on an empty list, where there is no job and where there is no page', async ({ page }) => {
  await page.goto('/nowhere');
  await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible();
  await expectNoViolations(page);
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
