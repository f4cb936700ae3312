import type { Job } from '@harmonia/contract';
import { expect, type Page } from '@playwright/test';
import { expectNoViolations } from './axe';
import { Caller } from './caller';
import { anotherTab, expectConnection, signIn, test } from './console-test';
import { JobPage } from './job-page';

const LONG = { jobType: 'simulate', title: 'A long job', input: { steps: 600, delayMs: 500 } };

const toasts = (page: Page) => page.getByRole('region', { name: 'Messages' }).getByRole('listitem');

test('[P2] two people who watch a job see each other, in however many tabs, until one leaves', async ({ page, context, request }) => {
  const { id } = await (await Caller.signIn(request, 'ada')).ask<Job>('POST', '/jobs', LONG);
  await signIn(page, 'Ada', `/jobs/${id}`);
  const ada = await JobPage.showing(page, LONG.title);
  await ada.expectViewers(null);
  const [one, other] = [await anotherTab(context, 'Admin', `/jobs/${id}`), await anotherTab(context, 'Admin', `/jobs/${id}`)];
  for (const tab of [one, other]) await (await JobPage.showing(tab, LONG.title)).expectViewers('2 people watch this job: Ada, Admin (you)');
  await ada.expectViewers('2 people watch this job: Admin, Ada (you)');

  await one.getByRole('link', { name: 'All jobs' }).click();
  await expect(one.getByRole('heading', { name: 'No jobs yet' })).toBeVisible();
  await ada.expectViewers('2 people watch this job: Admin, Ada (you)');
  await other.close();
  await ada.expectViewers(null);
});

test('[P2] a crowd is counted and named, wide and narrow', async ({ page, request }) => {
  const { id } = await (await Caller.signIn(request, 'ada')).ask<Job>('POST', '/jobs', LONG);
  await tellOfACrowd(page, id);
  await signIn(page, 'Ada', `/jobs/${id}`);
  const job = await JobPage.showing(page, LONG.title);
  await job.expectViewers('70 people watch this job: User 1 of Many, User 2 of Many, User 3 of Many, User 4 of Many, 66 more');
  await page.getByRole('button', { name: 'people watch this job' }).press('Enter');
  await expect(page.getByRole('listitem').filter({ hasText: 'and 58 more' })).toBeAttached();
  await expectNoViolations(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('listitem').filter({ hasText: 'User 1 of Many' })).toBeHidden();
});

test('[M2] everybody is told an announcement, and one person a notification: once, until it is read', async ({
  page,
  context,
  request,
}) => {
  const admin = await Caller.signIn(request, 'admin');
  const say = async (to: string, said: object) => expect(await admin.send('POST', to, said)).toBeOK();
  await signIn(page, 'Ada');
  const other = await anotherTab(context, 'Grace');
  for (const tab of [page, other]) await expectConnection(tab, 'live');
  await page.bringToFront();

  const announcement = { id: 'tonight', title: 'Maintenance', message: 'We stop at ten.', level: 'error' };
  for (let time = 0; time < 2; time++) await say('/announcements', announcement);
  await say('/users/ada/notifications', { message: 'Your export is ready.', level: 'success' });
  await say('/users/ada/notifications', { message: 'Your disk is almost full.\n'.repeat(40), level: 'warning' });
  await expect(toasts(page)).toHaveText([/We stop at ten\./, /Your export is ready\./, /Your disk is almost full\./]);
  await toasts(page).last().hover(); // nothing goes while it may be read
  await expectNoViolations(page);

  await page.getByRole('button', { name: 'Dismiss: Your disk' }).focus();
  for (let left = 2; left >= 0; left--) {
    await page.keyboard.press('Escape');
    await expect(toasts(page)).toHaveCount(left);
  }
  await expect(toasts(other)).toHaveText([/Maintenance.*We stop at ten\./]);
});

/** Has more people watch a job than there are in the demo, whenever the gateway tells who does. */
async function tellOfACrowd(page: Page, jobId: string): Promise<void> {
  const since = new Date().toISOString();
  const viewers = Array.from({ length: 12 }, (_, index) => ({ userId: `u-${index}`, name: `User ${index + 1} of Many`, since }));
  await page.routeWebSocket(/socket\.io/, (route) => {
    route.connectToServer().onMessage((message) => {
      const isOfViewers = message.toString().includes('"job:viewers"');
      route.send(isOfViewers ? `42${JSON.stringify(['job:viewers', { jobId, viewers, count: 70 }])}` : message);
    });
  });
}
