import type { Job } from '@harmonia/contract';
import { expect, type Page } from '@playwright/test';
import { expectNoViolations } from './axe';
import { Caller } from './caller';
import { anotherTab, signIn, test } from './console-test';
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

test('[M2] everybody is told an announcement, and one person a notification: once, until it is read', async ({
  page,
  context,
  request,
}) => {
  const [ada, admin] = [await Caller.signIn(request, 'ada'), await Caller.signIn(request, 'admin')];
  const say = async (to: string, said: object) => expect(await admin.send('POST', to, said)).toBeOK();
  const { id } = await ada.ask<Job>('POST', '/jobs', LONG);
  await signIn(page, 'Ada', `/jobs/${id}`);
  const job = await JobPage.showing(page, LONG.title);
  const other = await anotherTab(context, 'Admin', `/jobs/${id}`);
  await job.expectViewers('2 people watch this job: Admin, Ada (you)');
  await page.bringToFront();

  await page.getByRole('button', { name: 'people watch this job' }).press('Enter');
  await expect(page.getByRole('listitem').filter({ hasText: 'Admin' })).toBeVisible();
  const announcement = { id: 'tonight', title: 'Maintenance', message: 'We stop at ten.', level: 'error' };
  for (let time = 0; time < 2; time++) await say('/announcements', announcement);
  await say('/users/ada/notifications', { message: 'Your export is ready.', level: 'success' });
  await say('/users/ada/notifications', { message: 'Your disk is almost full.', level: 'warning' });
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
