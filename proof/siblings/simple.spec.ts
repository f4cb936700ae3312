import { Presence, UserMessages } from '@harmonia/gateway';
import type { JobPublisher } from '@harmonia/job-engine';
import { io, type Socket } from 'socket.io-client';
import { RedisServer } from '../../test-processes/redis-server.ts';
import { itWithRedis } from '../../test-processes/with-redis.ts';
import { tokenOf } from '../rig/token.ts';
import { Mounted } from './hooks.ts';
import { SiblingHost, type Gateway } from './sibling-host.ts';
import { SIMPLE } from './simple.ts';
import { workspaceOf } from './substitution.ts';

interface Shown {
  readonly progress: number;
  readonly status: string;
  readonly result: unknown;
  readonly error: string | null;
}

interface Job {
  readonly id: string;
  readonly data: { readonly userId: string };
  readonly updateProgress: (progress: number) => void;
}

/** A queue of the application: the worker of the document, wrapped, and jobs for it. */
interface Queue {
  readonly idOf: (job: object) => string;
  readonly add: (prompt: string) => Promise<object>;
  readonly close: () => Promise<unknown>;
}

interface FromDocument {
  readonly ImageGenerationWorker: new () => { process(job: Job): Promise<void> };
  readonly useJobs: (publisher: JobPublisher) => void;
  readonly checkPresence: (presence: Presence, userId: string) => { isOnline: boolean; onlineUsers: string[]; count: number };
  readonly help: (messages: UserMessages, presence: Presence, userId: string, data: unknown) => void;
  readonly start: (to: Gateway, console: object, updateProgressBar: (value: number) => void) => Socket;
  readonly gateway: Gateway;
  readonly useJobProgress: (jobId: string, token: string) => Shown;
  readonly startQueue: (publisher: JobPublisher, redisUrl: string) => Promise<Queue>;
}

const workspace = workspaceOf('simple', SIMPLE);
const files = ['worker', 'check-presence', 'client', 'helpers', 'gateway', 'use-job-progress', 'queue'];
const { ImageGenerationWorker, useJobs, checkPresence, help, start, gateway, useJobProgress, startQueue } = Object.assign(
  {},
  ...files.map((file) => jest.requireActual<object>(workspace.path(`app/${file}`))),
) as FromDocument;

jest.setTimeout(30_000);

describe(`the code of “${SIMPLE.document.title}”`, () => {
  let host: SiblingHost;
  let views: Mounted<Shown>[];
  beforeAll(async () => {
    host = await SiblingHost.start({}, { presence: { graceMs: 50 } });
    Object.assign(gateway, { url: host.url, token: tokenOf('ada', { roles: ['admin'], email: 'ada@example.org' }) });
    useJobs(host.publisher);
  });
  beforeEach(() => (views = []));
  afterEach(() => views.forEach((view) => view.unmount()));
  afterAll(() => host.stop());

  const mounted = (jobId: string) => {
    const view = new Mounted(() => useJobProgress(jobId, tokenOf('ada')));
    views.push(view);
    return view;
  };

  it('differs in the lines of the table and in no other', () => {
    expect(workspace.differences()).toEqual([]);
  });

  /** The client of the document, and what it prints. */
  function client() {
    const printed: string[] = [];
    const waiting = new Set<() => void>();
    const print = (...words: unknown[]) => {
      printed.push(words.map((word) => (typeof word === 'string' ? word : JSON.stringify(word))).join(' '));
      waiting.forEach((look) => look());
    };
    const bars: number[] = [];
    const socket = start(gateway, { log: print, error: print }, (value) => bars.push(value));
    const prints = (line: string) =>
      new Promise<void>((resolve) => {
        const look = () => (printed.includes(line) ? resolve() : undefined);
        waiting.add(look);
        look();
      });
    return { socket, prints, bars };
  }

  it('its worker reports a job, and its client prints it', async () => {
    const { socket, prints, bars } = client();
    await prints('Connected as: ada@example.org');
    await new ImageGenerationWorker().process({ id: 'image-1', data: { userId: 'ada' }, updateProgress: () => undefined });
    await prints('Job image-1: 50%');
    await prints('Job done: {"imageUrl":"..."}');
    expect(bars).toEqual([50]);
    await host.job('image-2');
    await host.publisher.failed('image-2', 'The model is away.');
    await prints('Job failed: The model is away.');
    socket.disconnect();
  });

  it('its client prints who comes and who goes, and its helpers answer who is there', async () => {
    const presence = host.get(Presence);
    expect(checkPresence(presence, 'ben')).toMatchObject({ isOnline: false });
    const { socket, prints } = client();
    await prints('Watching: true');
    const ben = await host.client('ben');
    await prints('User ben is online');
    const { isOnline, onlineUsers, count } = checkPresence(presence, 'ben');
    expect([isOnline, onlineUsers.sort(), count]).toEqual([true, ['ada', 'ben'], 2]);
    ben.socket.disconnect();
    await prints('User ben is offline');
    expect(checkPresence(presence, 'ben')).toEqual({ isOnline: false, onlineUsers: ['ada'], count: 1 });
    socket.disconnect();
  });

  it('its helper tells a user an event of one’s own', async () => {
    const ben = await host.client('ben');
    help(host.get(UserMessages), host.get(Presence), 'ben', { pages: 3 });
    expect(await ben.next('event_name')).toMatchObject({ data: { pages: 3 } });
  });

  it('its unauthorized is a connect_error with a code and a sentence', async () => {
    const socket = io(host.url, { auth: { token: 'not-a-token' }, forceNew: true, reconnection: false });
    const refused = await new Promise<Error & { data?: unknown }>((resolve) => socket.on('connect_error', resolve));
    expect(refused.data).toEqual({ code: 'token-invalid', message: expect.stringMatching(/^Sign in again/) });
    expect(socket.connected).toBe(false);
    socket.disconnect();
  });

  it('its hook shows progress, end and failure of a job', async () => {
    const [done, broken] = [await host.job('shown-1'), await host.job('shown-2')];
    const [view, other] = [mounted(done), mounted(broken)];
    expect(view.current).toEqual({ progress: 0, status: 'pending', result: null, error: null });
    await host.publisher.progress(done, 50, 'generating');
    expect(await view.until(({ progress }) => progress === 50)).toMatchObject({ status: 'processing' });
    await host.publisher.completed(done, { imageUrl: 'https://images.example/1.png' });
    await host.publisher.failed(broken, 'There is nothing to draw.');
    const shown = await view.until(({ status }) => status === 'completed');
    expect(shown).toMatchObject({ progress: 100, result: { imageUrl: 'https://images.example/1.png' } });
    expect(await other.until(({ status }) => status === 'failed')).toMatchObject({ error: 'There is nothing to draw.', result: null });
  });

  itWithRedis(
    'its queue worker is live once its processor is wrapped, and its hook shows image and failure',
    async () => {
      const redis = await RedisServer.start();
      const queue = await startQueue(host.publisher, redis.url);
      const view = mounted(queue.idOf(await queue.add('a-cat')));
      const { result } = await view.until(({ status }) => status === 'completed');
      expect(result).toEqual({ imageUrl: 'https://images.example/a-cat.png', width: 640, height: 480 });
      const failing = mounted(queue.idOf(await queue.add('')));
      expect(await failing.until(({ status }) => status === 'failed')).toMatchObject({ error: 'There is nothing to draw.' });
      await queue.close();
      await redis.remove();
    },
    30_000,
  );
});
