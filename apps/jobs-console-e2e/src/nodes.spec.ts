import type { Job } from '@harmonia/contract';
import { expect } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { Caller } from './caller';
import { anotherTab, expectConnection, signIn, test } from './console-test';
import { GatewayNodes, PageSocket } from './gateway-nodes';
import { JobPage } from './job-page';
import { isRising, ProgressRecord } from './progress-record';
import { uploadFile, writeSamplePdf } from './sample-file';

const PAGES = 6000;
const LONG = { jobType: 'simulate', title: 'A long job', input: { steps: 600, delayMs: 200 } };

// that a browser logs what it asked of a dead gateway is no error here
test.use({ toleratedErrors: /WebSocket connection to .+ failed|Failed to load resource/ });

test('[P2, M2] two people on two gateways see each other on a job, also after one was killed, and both are told an announcement once', async ({
  page,
  context,
  request,
}) => {
  const [ada, admin] = [await Caller.signIn(request, 'ada'), await Caller.signIn(request, 'admin')];
  const { id } = await ada.ask<Job>('POST', '/jobs', LONG);
  const socket = new PageSocket(page);
  await signIn(page, 'Ada', `/jobs/${id}`);
  const theirs = await JobPage.showing(page, LONG.title);
  const other = await JobPage.showing(await anotherTab(context, 'Admin', `/jobs/${id}`), LONG.title);
  await theirs.expectViewers('2 people watch this job: Admin, Ada (you)');
  await other.expectViewers('2 people watch this job: Ada, Admin (you)');
  // what an earlier test killed is known, with its people, until it has been silent for long: so this test is the first
  await expect.poll(() => admin.ask('GET', '/presence'), { timeout: 40_000 }).toMatchObject({ count: 2, nodes: 2 });

  const said = { id: 'tonight', title: 'Maintenance', message: 'We stop at ten.', level: 'error' };
  for (let time = 0; time < 2; time++) await expect(await admin.send('POST', '/announcements', said)).toBeOK();
  for (const tab of [theirs.page, other.page]) await expect(tab.locator('harmonia-toast')).toHaveText(/We stop at ten\./);

  await GatewayNodes.killThatOf(page, socket); // which shows nobody there any more
  await theirs.expectViewers('2 people watch this job: Admin, Ada (you)');
  await other.expectViewers('2 people watch this job: Ada, Admin (you)');
  await other.page.getByRole('link', { name: 'All jobs' }).click();
  await theirs.expectViewers(null);
  await expect(theirs.page.locator('harmonia-toast')).toHaveCount(1);
});

test('[C7] a real PDF, from upload to download, while the gateway of its page is killed: the worker goes on, and so does the page', async ({
  page,
}, info) => {
  const socket = new PageSocket(page);
  let loads = 0;
  page.on('domcontentloaded', () => (loads += 1));
  await signIn(page, 'Ada');
  await uploadFile(page, writeSamplePdf(info, 'long.pdf', { pages: PAGES }));
  const job = await JobPage.open(page, 'long.pdf');
  const record = await ProgressRecord.of(job.bar);
  const reached = async () => (await record.percentages()).at(-1) ?? 0;
  await expect.poll(reached).toBeGreaterThan(5);

  await GatewayNodes.killThatOf(page, socket);
  const before = await reached();
  await expectConnection(page, 'live');
  await job.expectStatus('Completed', 120_000);
  await job.expectAttempt(1);
  const percentages = await record.percentages();
  expect(before).toBeLessThan(100);
  expect(isRising(percentages), `rising: ${percentages.join(' ')}`).toBe(true);
  expect(percentages.at(-1)).toBe(100);
  expect(loads).toBe(1);

  const downloading = page.waitForEvent('download');
  await job.press('Download long.md');
  const markdown = await readFile(await (await downloading).path(), 'utf8');
  expect(markdown.match(/^## Page \d+$/gm)).toHaveLength(PAGES);
});

test('[S3] two tabs stay in step while the gateway of one is killed: progress, a cancel, a new run', async ({ page, context, request }) => {
  const ada = await Caller.signIn(request, 'ada');
  const { id } = await ada.ask<Job>('POST', '/jobs', LONG);
  const socket = new PageSocket(page);
  await signIn(page, 'Ada', `/jobs/${id}`);
  const one = await JobPage.showing(page, LONG.title);
  const other = await JobPage.showing(await anotherTab(context, 'Ada', `/jobs/${id}`), LONG.title);
  const records = [await ProgressRecord.of(one.bar), await ProgressRecord.of(other.bar)];
  for (const record of records) await expect.poll(async () => (await record.percentages()).length).toBeGreaterThanOrEqual(3);

  await GatewayNodes.killThatOf(page, socket);
  for (const tab of [one, other]) await expectConnection(tab.page, 'live');
  await one.press('Cancel');
  for (const tab of [one, other]) await tab.expectStatus('Cancelled');
  for (const record of records) expect(isRising(await record.percentages())).toBe(true);
  await other.press('Run again');
  for (const tab of [one, other]) {
    await tab.expectStatus('Running');
    await tab.expectAttempt(2);
  }
});

test('[S4] a stranger sees nothing of a job, not even by way of another gateway after theirs was killed', async ({ page, context }) => {
  const stranger = await context.newPage();
  const socket = new PageSocket(stranger);
  await signIn(stranger, 'Grace');
  await expect(stranger.getByRole('heading', { name: 'No jobs yet' })).toBeVisible();
  await signIn(page, 'Ada');
  await page.getByRole('button', { name: 'Simulate a job' }).click();
  const job = await JobPage.open(page, 'A simulated job');

  await GatewayNodes.killThatOf(stranger, socket);
  await expectConnection(stranger, 'live');
  await expect(stranger.getByRole('heading', { name: 'No jobs yet' })).toBeVisible();
  const byAddress = await anotherTab(context, 'Grace', new URL(page.url()).pathname);
  await expect(byAddress.getByRole('heading', { name: 'No such job' })).toBeVisible();
  await expectConnection(page, 'live');
  await job.expectStatus('Completed', 60_000);
  await expect(stranger.getByText('A simulated job')).toHaveCount(0);
});
