import type { ClientToServerEvents, Job, ServerToClientEvents } from '@harmonia/contract';
import { expect } from '@playwright/test';
import { io, type Socket } from 'socket.io-client';
import { Caller } from './caller';
import { anotherTab, signIn, test } from './console-test';
import { JobPage } from './job-page';
import { ProgressRecord } from './progress-record';

const MISSING = '0c6f4d2e-7f5b-4c3a-9d1e-2b8a6f0e4c71';
const SIMULATION = { jobType: 'simulate', title: 'A simulated job', input: { steps: 40, delayMs: 250 } };

const requests = [
  ['GET', ''],
  ['GET', '/history'],
  ['GET', '/result'],
  ['POST', '/result/ticket'],
  ['POST', '/cancel'],
  ['POST', '/retry'],
  ['DELETE', ''],
] as const;

test('[S4] nobody sees the job of somebody else, neither in the list nor by its address', async ({ page, context }) => {
  const stranger = await anotherTab(context, 'Grace');
  await expect(stranger.getByRole('heading', { name: 'No jobs yet' })).toBeVisible();

  await signIn(page, 'Ada');
  await page.getByRole('button', { name: 'Simulate a job' }).click();
  const job = await JobPage.open(page, 'A simulated job');
  const record = await ProgressRecord.of(job.bar);
  await expect.poll(async () => (await record.percentages()).length).toBeGreaterThanOrEqual(5);

  await expect(stranger.getByRole('heading', { name: 'No jobs yet' })).toBeVisible();
  const byAddress = await anotherTab(context, 'Grace', new URL(page.url()).pathname);
  await expect(byAddress.getByRole('heading', { name: 'No such job' })).toBeVisible();
  await expect(byAddress.getByText('A simulated job')).toHaveCount(0);
});

test('[S4] over HTTP the job of somebody else is as missing as one that never was', async ({ request }) => {
  const ada = await Caller.signIn(request, 'ada');
  const grace = await Caller.signIn(request, 'grace');
  const { id } = await ada.ask<Job>('POST', '/jobs', SIMULATION);

  for (const [method, part] of requests) {
    const foreign = await grace.send(method, `/jobs/${id}${part}`);
    const missing = await grace.send(method, `/jobs/${MISSING}${part}`);
    expect(foreign.status(), `${method} ${part}`).toBe(404);
    expect(missing.status()).toBe(404);
    expect(await foreign.json()).toEqual(await missing.json());
  }
  expect(await grace.ask('GET', '/jobs')).toEqual({ jobs: [], nextPage: null });
  await expect.poll(() => ada.ask<Job>('GET', `/jobs/${id}`)).toMatchObject({ attempt: 1, status: 'processing' });
});

test('[S4] by socket the job of somebody else is as missing as one that never was, and nothing of it is heard', async ({
  request,
  baseURL,
}) => {
  const ada = await Caller.signIn(request, 'ada');
  const grace = await Caller.signIn(request, 'grace');
  const [owner, stranger] = [connect(ada.token, baseURL), connect(grace.token, baseURL)];
  try {
    await Promise.all([owner, stranger].map((socket) => heard(socket, 'authenticated')));
    const overheard: string[] = [];
    stranger.onAny((event: string) => overheard.push(event));
    const { id } = await ada.ask<Job>('POST', '/jobs', SIMULATION);

    const foreign = await stranger.emitWithAck('job:subscribe', { jobId: id });
    expect(foreign).toMatchObject({ ok: false, error: { code: 'job-not-found' } });
    expect(foreign).toEqual(await stranger.emitWithAck('job:subscribe', { jobId: MISSING }));
    expect(await stranger.emitWithAck('jobs:subscribe:user')).toMatchObject({ ok: true, data: { jobs: [] } });

    await owner.emitWithAck('job:subscribe', { jobId: id });
    for (let event = 0; event < 5; event++) await heard(owner, 'job:progress');
    await Promise.all([heard(owner, 'job:status'), ada.send('POST', `/jobs/${id}/cancel`)]);
    await stranger.emitWithAck('jobs:unsubscribe:user'); // whatever was sent before has arrived with its answer
    expect(overheard).toEqual([]);
  } finally {
    for (const socket of [owner, stranger]) socket.disconnect();
  }
});

type JobSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

// behind nginx the certificate is a throw-away one
const connect = (token: string, url = ''): JobSocket =>
  io(url, { auth: { token }, transports: ['websocket'], forceNew: true, rejectUnauthorized: false });

const heard = (socket: JobSocket, event: 'authenticated' | 'job:progress' | 'job:status'): Promise<void> =>
  new Promise((resolve) => socket.once(event, () => resolve()));
