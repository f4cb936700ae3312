import type { OnDestroy, OnInit, Type } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { Job } from '@harmonia/contract';
import type { ActionCreator } from '@ngrx/store';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Subject } from 'rxjs';
import type { Socket } from 'socket.io-client';
import { freePort } from '../../test-processes/free-port.ts';
import { GatewayClient } from '../rig/gateway-client.ts';
import { GatewayProcess } from '../rig/gateway-process.ts';
import { FRONTEND_FILES, FRONTEND_MISSING } from './frontend-substitutions.ts';
import { GuidePage, shown, signedIn, type GuideStore } from './guide-page.ts';
import { GuideWorkspace } from './guide-workspace.ts';
import { RememberingClient } from './remembering-client.ts';

/** The guide's service, as far as this spec calls it. */
interface WebSocketService {
  readonly socket: Socket | null;
  connect(token: string): void;
  disconnect(): void;
  subscribeToJob(jobId: string): void;
  unsubscribeFromJob(jobId: string): void;
  subscribeToUserJobs(): void;
  unsubscribeFromUserJobs(): void;
}

type GuideActions = Record<
  'realTimeConnectionEstablished' | 'realTimeConnectionLost' | 'jobStatusUpdated' | 'jobProgressUpdated' | 'jobCompleted' | 'jobFailed',
  ActionCreator
>;

const workspace = new GuideWorkspace('frontend', FRONTEND_FILES, FRONTEND_MISSING);
const { scenario } = workspace;
const fromGuide = <Exports extends object>(file: string): Exports => jest.requireActual<Exports>(workspace.path(`app/${file}`));

const { gateway } = fromGuide<{ gateway: { url: string } }>('gateway');
const { WebSocketService } = fromGuide<{ WebSocketService: Type<WebSocketService> }>('services/websocket.service');
const { AppComponent } = fromGuide<{ AppComponent: Type<unknown> }>('app.component');
const { JobDetailComponent } = fromGuide<{ JobDetailComponent: Type<unknown> }>('pages/job-detail/job-detail.component');
const actions = fromGuide<GuideActions>('store/jobs/jobs.actions');
const guideStore = { ...fromGuide<GuideStore>('store/jobs/jobs.reducer'), ...fromGuide<GuideStore>('store/jobs/jobs.state') };
const excerpts = {
  ...fromGuide<{ sendToken: (this: object) => void }>('excerpts/sending-token'),
  ...fromGuide<{ handleConnectionErrors: (this: object) => void }>('excerpts/connection-errors'),
  ...fromGuide<{ reconnect: (this: object) => void }>('excerpts/reconnection-strategy'),
  ...fromGuide<{ subscribeWithTimeout: (this: object, jobId: string) => void }>('excerpts/timeout-handling'),
  ...fromGuide<{ debounceUpdates: (this: object) => void }>('excerpts/debounce'),
  ...fromGuide<{ SelectiveSubscriptions: new (service: WebSocketService, jobId: string) => OnInit & OnDestroy }>(
    'excerpts/selective-subscriptions',
  ),
};

const dataDir = mkdtempSync(join(tmpdir(), 'harmonia-g16-'));
let port: number;
let server: GatewayProcess;
let ada: GatewayClient;
let worker: GatewayClient;
const open: { disconnect(): unknown }[] = [];
const said = { log: [] as unknown[], error: [] as unknown[] };

beforeAll(async () => {
  port = await freePort();
  server = await GatewayProcess.start({ dataDir, port });
  gateway.url = server.url;
  [ada, worker] = await Promise.all([GatewayClient.signIn(server.url, 'ada'), GatewayClient.signIn(server.url, 'worker')]);
}, 60_000);
beforeEach(() => {
  said.log = [];
  said.error = [];
  jest.spyOn(console, 'log').mockImplementation((...words) => void said.log.push(words.join(' ')));
  jest.spyOn(console, 'error').mockImplementation((...words) => void said.error.push(words.join(' ')));
});
afterEach(() => {
  open.splice(0).forEach((one) => one.disconnect());
  jest.restoreAllMocks();
});
afterAll(async () => {
  await server.kill();
  rmSync(dataDir, { recursive: true, force: true });
  process.stdout.write(workspace.figures());
});

/** A worker's attempt at a job, which ada has created. */
class Attempt {
  private sequence = 0;

  private constructor(readonly job: Job) {}

  static async begin(): Promise<Attempt> {
    return new Attempt(await ada.create({ jobType: 'external' }));
  }

  get id(): string {
    return this.job.id;
  }

  async report(report: object): Promise<void> {
    expect(await worker.report(this.id, { attempt: 1, sequence: ++this.sequence, ...report })).toMatchObject({ accepted: true });
  }
}

function connectedService(): WebSocketService {
  const service = TestBed.inject(WebSocketService);
  open.push(service);
  service.connect(ada.token);
  return service;
}

/** When the gateway has done what this client asked of it so far: requests are answered in order. */
const settled = (socket: Socket | null) => socket?.emitWithAck('job:unsubscribe', { jobId: 'nothing' });

describe('the blocks of the guide', () => {
  scenario('of the frontend compile under every strictness of this workspace', () => {
    expect(workspace.typecheck()).toBe('');
  });

  scenario('of the frontend differ in the lines of the table and in no other', () => {
    expect(workspace.differences()).toEqual([]);
  });
});

describe('Frontend Service Testing', () => {
  jest.requireActual(workspace.path('app/services/websocket.service.spec'));
});

describe('WebSocket Service', () => {
  scenario('connects once, and says so to the store', async () => {
    const page = new GuidePage(guideStore, []);
    const service = connectedService();
    await page.action(actions.realTimeConnectionEstablished);
    const { socket } = service;
    service.connect(ada.token);
    expect(service.socket).toBe(socket);
    expect(said.log).toEqual(['WebSocket connected']);
    service.disconnect();
    expect(service.socket).toBeNull();
    expect(said.log).toEqual(['WebSocket connected', 'WebSocket disconnected: io client disconnect']);
  });

  scenario('says to the store why it was refused', async () => {
    const page = new GuidePage(guideStore, []);
    const service = TestBed.inject(WebSocketService);
    open.push(service);
    service.connect('test-token');
    const lost = await page.action<{ type: string; error: string }>(actions.realTimeConnectionLost);
    expect(lost.error).toMatch(/token/);
    expect(service.socket?.connected).toBe(false);
  });

  scenario('brings a job of the user from creation through progress to completion into the store', async () => {
    const attempt = await Attempt.begin();
    const page = new GuidePage(guideStore, [attempt.job]);
    connectedService().subscribeToUserJobs();
    await page.action(actions.jobStatusUpdated);
    await attempt.report({ status: 'processing' });
    await page.job(attempt.id, ({ status }) => status === 'processing');
    for (const current of [3, 6, 12]) {
      await attempt.report({ progress: { current, total: 12, message: `Page ${current}` } });
      const { progress } = await page.job(attempt.id, (job) => job.progress?.current === current);
      expect(progress).toEqual({ current, total: 12, percentage: (current / 12) * 100, message: `Page ${current}` });
    }
    await attempt.report({ status: 'completed', result: { outputPath: 'notes.md' } });
    const completed = await page.job(attempt.id, ({ status }) => status === 'completed');
    expect(completed).toMatchObject((await ada.job(attempt.id)) as object);
    expect(
      page.actions
        .map(({ type }) => type)
        .filter((type) => type !== '@ngrx/effects/init')
        .slice(-6),
    ).toEqual([
      actions.jobStatusUpdated.type, // queued, as it was when the page subscribed [E3]
      actions.jobStatusUpdated.type,
      ...[3, 6, 12].map(() => actions.jobProgressUpdated.type),
      actions.jobCompleted.type,
    ]);
  });

  scenario('brings the failure of a job into the store', async () => {
    const attempt = await Attempt.begin();
    const page = new GuidePage(guideStore, [attempt.job]);
    connectedService().subscribeToJob(attempt.id);
    await attempt.report({ status: 'failed', error: { code: 'disk-full', message: 'The disk is full.' } });
    const failed = await page.job(attempt.id, ({ status }) => status === 'failed');
    expect(failed.result).toEqual({ error: 'The disk is full.' });
  });

  scenario('shows where a job has come to when the page subscribes late', async () => {
    const attempt = await Attempt.begin();
    await attempt.report({ progress: { current: 3, total: 12, message: 'Page 3' } });
    const page = new GuidePage(guideStore, [attempt.job]);
    connectedService().subscribeToUserJobs();
    const late = await page.job(attempt.id, ({ progress }) => progress !== null);
    expect(late).toMatchObject({ status: 'processing', progress: { current: 3, total: 12, percentage: 25, message: 'Page 3' } });
  });

  scenario('shows the end of a job that had ended before the page subscribed', async () => {
    const [done, broken] = [await Attempt.begin(), await Attempt.begin()];
    await done.report({ status: 'completed', result: { words: 7 } });
    await broken.report({ status: 'failed', error: { code: 'no-text', message: 'There is no text.' } });
    const page = new GuidePage(guideStore, [done.job, broken.job]);
    const service = connectedService();
    [done, broken].forEach(({ id }) => service.subscribeToJob(id));
    expect((await page.job(done.id, ({ status }) => status === 'completed')).result).toEqual({ words: 7 });
    expect((await page.job(broken.id, ({ status }) => status === 'failed')).result).toEqual({ error: 'There is no text.' });
  });

  scenario('hears nothing more of what it has left', async () => {
    const [left, kept] = [await Attempt.begin(), await Attempt.begin()];
    const page = new GuidePage(guideStore, [left.job, kept.job]);
    const service = connectedService();
    service.subscribeToUserJobs();
    [left, kept].forEach(({ id }) => service.subscribeToJob(id));
    service.unsubscribeFromJob(left.id);
    service.unsubscribeFromUserJobs();
    await settled(service.socket);
    await left.report({ status: 'completed' });
    await kept.report({ status: 'completed' });
    await page.job(kept.id, ({ status }) => status === 'completed');
    expect((await page.job(left.id, () => true)).status).toBe('queued');
  });

  scenario('hears nothing of the jobs of others', async () => {
    const attempt = await Attempt.begin();
    const page = new GuidePage(guideStore, [attempt.job]);
    const grace = await GatewayClient.signIn(server.url, 'grace');
    const service = TestBed.inject(WebSocketService);
    open.push(service);
    service.connect(grace.token);
    service.subscribeToJob(attempt.id);
    service.subscribeToUserJobs();
    await settled(service.socket);
    await attempt.report({ status: 'completed' });
    await settled(service.socket);
    expect(page.actions.map(({ type }) => type)).not.toContain(actions.jobStatusUpdated.type);
    expect((await page.job(attempt.id, () => true)).status).toBe('queued');
  });
});

describe('Connecting on Authentication', () => {
  scenario('watches the user’s jobs from sign-in to sign-out', async () => {
    const attempt = await Attempt.begin();
    const page = new GuidePage(guideStore, [attempt.job]);
    const service = TestBed.inject(WebSocketService);
    open.push(service);
    const fixture = TestBed.createComponent(AppComponent);
    await fixture.whenStable();
    expect(service.socket).toBeNull();
    page.store.dispatch(signedIn({ token: ada.token }));
    await page.action(actions.realTimeConnectionEstablished);
    await attempt.report({ status: 'completed' });
    await page.job(attempt.id, ({ status }) => status === 'completed');
    page.store.dispatch(signedIn({ token: null }));
    expect(service.socket).toBeNull();
    fixture.destroy();
  });
});

describe('Component Usage', () => {
  function detailOf(page: GuidePage, { id }: Attempt) {
    page.route.snapshot.params['id'] = id;
    return TestBed.createComponent(JobDetailComponent);
  }

  scenario('shows a job live, from its progress to its download, for as long as it is there', async () => {
    const attempt = await Attempt.begin();
    const page = new GuidePage(guideStore, [attempt.job]);
    const fixture = detailOf(page, attempt);
    const service = connectedService();
    await page.action(actions.realTimeConnectionEstablished);
    await shown(fixture, 'Status: queued');
    await attempt.report({ status: 'processing' });
    await attempt.report({ progress: { current: 3, total: 12, message: 'Page 3' } });
    const element = await shown(fixture, '3 / 12');
    expect(element.textContent).toMatch(/external Job.*Status: processing.*Page 3/s);
    expect(element.querySelector('mat-progress-bar')?.getAttribute('aria-valuenow')).toBe('25');
    await attempt.report({ status: 'completed', result: { outputPath: 'https://files.example/notes.md' } });
    await shown(fixture, '✓ Job completed successfully!');
    expect(element.querySelector('a')?.getAttribute('href')).toBe('https://files.example/notes.md');
    expect(element.querySelector('mat-progress-bar')?.getAttribute('aria-valuenow')).toBe('100');
    fixture.destroy();
    await settled(service.socket);
  });

  scenario('shows why a job failed', async () => {
    const attempt = await Attempt.begin();
    const page = new GuidePage(guideStore, [attempt.job]);
    connectedService();
    const fixture = detailOf(page, attempt);
    await page.action(actions.realTimeConnectionEstablished);
    await attempt.report({ status: 'failed', error: { code: 'disk-full', message: 'The disk is full.' } });
    const element = await shown(fixture, '✗ Job failed: The disk is full.');
    expect(element.querySelector('a')).toBeNull();
  });

  scenario('leaves the job’s room when it goes', async () => {
    const attempt = await Attempt.begin();
    const page = new GuidePage(guideStore, [attempt.job]);
    const service = connectedService();
    const fixture = detailOf(page, attempt);
    await page.action(actions.jobStatusUpdated);
    fixture.destroy();
    await settled(service.socket);
    await attempt.report({ status: 'completed' });
    await settled(service.socket);
    expect((await page.job(attempt.id, () => true)).status).toBe('queued');
  });

  scenario('watches selectively, as the excerpt does', async () => {
    const attempt = await Attempt.begin();
    const page = new GuidePage(guideStore, [attempt.job]);
    const service = connectedService();
    const component = new excerpts.SelectiveSubscriptions(service, attempt.id);
    component.ngOnInit();
    await page.action(actions.jobStatusUpdated);
    component.ngOnDestroy();
    await settled(service.socket);
    await attempt.report({ status: 'completed' });
    await settled(service.socket);
    expect((await page.job(attempt.id, () => true)).status).toBe('queued');
  });
});

describe('the excerpts', () => {
  /** What the excerpts call `this`. */
  interface Here {
    socket: Socket;
    authToken: string;
    store: GuidePage['store'];
  }

  const here = (page: GuidePage) => ({ authToken: ada.token, store: page.store }) as Here;

  scenario('Sending Token from Frontend: the gateway knows who it is', async () => {
    const self = here(new GuidePage(guideStore, []));
    excerpts.sendToken.call(self);
    open.push(self.socket);
    const { user } = await new Promise<{ user: { id: string } }>((resolve) => self.socket.on('authenticated', resolve));
    expect(user.id).toBe('ada');
  });

  scenario('Connection Errors: a refusal reaches the store with its sentence', async () => {
    const page = new GuidePage(guideStore, []);
    const { socket } = new RememberingClient(gateway.url, 'wrong');
    open.push(socket);
    excerpts.handleConnectionErrors.call({ socket, store: page.store });
    expect((await page.action<{ type: string; error: string }>(actions.realTimeConnectionLost)).error).toMatch(/token/);
  });

  scenario('Timeout Handling: the answer comes before the timeout, and so do the events', async () => {
    const attempt = await Attempt.begin();
    const client = new RememberingClient(gateway.url, ada.token);
    open.push(client.socket);
    excerpts.subscribeWithTimeout.call({ socket: client.socket }, attempt.id);
    expect(await client.next('job:status')).toMatchObject({ id: attempt.id, status: 'queued' });
    await settled(client.socket);
    expect(said.error).toEqual([]);
  });

  scenario('Timeout Handling: a refused subscription is answered too', async () => {
    const client = new RememberingClient(gateway.url, ada.token);
    open.push(client.socket);
    excerpts.subscribeWithTimeout.call({ socket: client.socket }, '../etc');
    await settled(client.socket);
    expect(said.error).toEqual([]);
    expect(client.received.map(({ name }) => name)).not.toContain('exception');
  });

  scenario('Debounce Frequent Updates: the last of several updates reaches the store', async () => {
    const attempt = await Attempt.begin();
    const page = new GuidePage(guideStore, [attempt.job]);
    const client = new RememberingClient(gateway.url, ada.token);
    open.push(client.socket);
    const updates = new Subject<unknown>();
    client.socket.on('job:progress', (event) => updates.next(event));
    excerpts.debounceUpdates.call({ store: page.store, destroy$: new Subject(), getJobProgressUpdates: () => updates });
    await client.next('connect');
    await client.socket.emitWithAck('job:subscribe', { jobId: attempt.id });
    for (const percent of [10, 20, 30]) await attempt.report({ progress: percent });
    const { progress } = await page.job(attempt.id, (job) => job.progress !== null);
    expect(progress).toMatchObject({ percentage: 30 });
  });

  scenario('Reconnection Strategy: after the gateway was killed and is back, the store hears of it', async () => {
    const page = new GuidePage(guideStore, []);
    const self = here(page);
    excerpts.reconnect.call(self);
    open.push(self.socket);
    await new Promise((resolve) => self.socket.once('connect', () => resolve(null)));
    await server.kill();
    server = await GatewayProcess.start({ dataDir, port });
    await page.action(actions.realTimeConnectionEstablished);
    // the manager is back before the namespace has let the socket in again
    if (!self.socket.connected) await new Promise((resolve) => self.socket.once('connect', () => resolve(null)));
    expect(self.socket.connected).toBe(true);
    expect(said.log.join()).toMatch(/Reconnected after \d attempts/);
  });
});
