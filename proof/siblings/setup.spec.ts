import type { Job } from '@harmonia/contract';
import { UserMessages } from '@harmonia/gateway';
import type { Type } from '@nestjs/common';
import { io, type Socket } from 'socket.io-client';
import { RememberingClient } from '../g16-guide/remembering-client.ts';
import { tokenOf } from '../rig/token.ts';
import { Mounted } from './hooks.ts';
import { SETUP } from './setup.ts';
import { SiblingHost, type Gateway } from './sibling-host.ts';
import { workspaceOf } from './substitution.ts';

interface Shown {
  readonly progress: number;
  readonly status: string;
  readonly result: unknown;
  readonly error: string | null;
}

interface NoteService {
  generateNotes(text: string, userId: string, title: string): Promise<{ jobId: string; noteId: string }>;
}

const workspace = workspaceOf('setup', SETUP);
const fromDocument = <Exports extends object>(file: string): Exports => jest.requireActual<Exports>(workspace.path(file));
const { AiService } = fromDocument<{ AiService: Type<NoteService> }>('app/ai.service');
const { Model, NotesService } = fromDocument<{ Model: Type<{ answer: Promise<string> }>; NotesService: Type }>('app/notes');
const { useJobProgress } = fromDocument<{ useJobProgress: (jobId: string) => Shown }>('app/use-job-progress');
const { gateway } = fromDocument<{ gateway: Gateway }>('app/gateway');
const { TestController } = fromDocument<{ TestController: Type }>('app/test.controller');
const { WebSocketExampleService } = fromDocument<{ WebSocketExampleService: Type }>('app/websocket-example.service');
const { paste } = fromDocument<{ paste: (connect: typeof io, to: Gateway, console: object) => Socket }>('app/browser-console');
const { options } = fromDocument<{ options: { origins: string[]; namespace: string } }>('app/cors');

jest.setTimeout(30_000);

describe(`the code of “${SETUP.document.title}”`, () => {
  let host: SiblingHost;
  let views: Mounted<Shown>[];
  beforeAll(async () => {
    host = await SiblingHost.start(
      { controllers: [TestController], providers: [AiService, Model, NotesService, WebSocketExampleService] },
      options,
    );
    Object.assign(gateway, { url: host.url, token: tokenOf('ada') });
  });
  beforeEach(() => (views = []));
  afterEach(() => views.forEach((view) => view.unmount()));
  afterAll(() => host.stop());

  const mounted = (jobId: string) => {
    const view = new Mounted(() => useJobProgress(jobId));
    views.push(view);
    return view;
  };
  const plain = async (userId: string, roles: string[] = []) => {
    const client = new RememberingClient(`${host.url}${options.namespace}`, tokenOf(userId, { roles }));
    await client.next('connect');
    return client;
  };

  it('compiles with the substitutions of the table, and differs in no other line', () => {
    expect(workspace.typecheck()).toBe('');
    expect(workspace.differences()).toEqual([]);
  }, 60_000);

  it('its service says how the notes come along, and its hook shows it', async () => {
    const list = await plain('ada');
    await list.socket.emitWithAck('jobs:subscribe:user');
    const answer = Promise.withResolvers<string>();
    host.get(Model).answer = answer.promise;
    const notes = host.get(AiService).generateNotes('A text.', 'ada', 'My notes');
    const { job } = (await list.next('job:created')) as { job: Job };
    expect(job).toMatchObject({ userId: 'ada', title: 'My notes', status: 'queued' });
    const view = mounted(job.id);
    expect(view.current).toEqual({ progress: 0, status: 'waiting', result: null, error: null });
    expect(await view.until(({ progress }) => progress === 50)).toMatchObject({ status: 'processing' });
    answer.resolve('What the text says.');
    const shown = await view.until(({ status }) => status === 'completed');
    expect(shown).toEqual({
      progress: 100,
      status: 'completed',
      error: null,
      result: { noteId: 'note-1', title: 'My notes', preview: 'What the text says.' },
    });
    expect(await notes).toEqual({ jobId: job.id, noteId: 'note-1' });
    list.socket.disconnect();
  });

  it('its service says why it failed, and its hook shows the sentence', async () => {
    const list = await plain('ada');
    await list.socket.emitWithAck('jobs:subscribe:user');
    host.get(Model).answer = Promise.reject(new Error('The model is away.'));
    await expect(host.get(AiService).generateNotes('A text.', 'ada', 'More notes')).rejects.toThrow('The model is away.');
    const { id } = await list.next('job:failed');
    const shown = await mounted(id).until(({ status }) => status === 'failed');
    expect(shown.error).toBe('The model is away.');
    list.socket.disconnect();
  });

  it('its hook hears nothing more once it is unmounted', async () => {
    const id = await host.job('left-alone');
    const view = mounted(id);
    await host.publisher.progress(id, 10);
    await view.until(({ progress }) => progress === 10);
    view.unmount();
    const other = mounted(id);
    await host.publisher.completed(id);
    await other.until(({ status }) => status === 'completed');
    expect(view.current.status).toBe('processing');
  });

  it('its lines for a browser’s console print what happens to a job', async () => {
    const id = await host.job('test-123');
    const printed: unknown[][] = [];
    const ended = Promise.withResolvers<void>();
    const log = (...words: unknown[]) => {
      printed.push(words);
      if (words[0] === 'Completed:') ended.resolve();
      if (words[0] === 'Update:' && printed.length === 2) void begin();
    };
    const begin = async () => {
      await host.publisher.progress(id, 40, 'Nearly half');
      await host.publisher.completed(id, { pages: 3 });
    };
    const socket = paste(io, gateway, { log });
    await ended.promise;
    socket.disconnect();
    expect(printed).toMatchObject([
      ['Connected!'],
      ['Update:', { id, status: 'queued' }],
      ['Update:', { id, status: 'processing' }],
      ['Progress:', { id, progress: { percentage: 40, message: 'Nearly half' } }],
      ['Completed:', { job: { id, result: { pages: 3 } } }],
    ]);
  });

  it('its test controller starts a job that is watched', async () => {
    const view = mounted(await host.job('test-456'));
    const answer = await fetch(`${host.url}/test/simulate-job/test-456`);
    expect(await answer.json()).toEqual({ message: 'Job started', jobId: 'test-456' });
    const { result } = await view.until(({ status }) => status === 'completed');
    expect(result).toEqual({ simulated: true });
  });

  it('its rooms are entered by asking: for a job, for one’s own jobs, for everybody’s', async () => {
    const id = await host.job('in-rooms');
    const root = await plain('root', ['admin']);
    const ada = await plain('ada');
    expect(await ada.socket.emitWithAck('job:subscribe', { jobId: id })).toMatchObject({ ok: true });
    expect(await ada.socket.emitWithAck('jobs:subscribe:user')).toMatchObject({ ok: true });
    expect(await ada.socket.emitWithAck('jobs:subscribe:all')).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(await root.socket.emitWithAck('jobs:subscribe:all')).toMatchObject({ ok: true });
    await Promise.all([
      host.membership(`job:${id}`, ada, true),
      host.membership('user:ada:jobs', ada, true),
      host.membership('admin:jobs', root, true),
    ]);
    [root, ada].forEach(({ socket }) => socket.disconnect());
  });

  it('nobody enters the room of another’s job, nor comes in without a token', async () => {
    const id = await host.job('not-for-ben');
    const ben = await plain('ben');
    expect(await ben.socket.emitWithAck('job:subscribe', { jobId: id })).toMatchObject({ ok: false, error: { code: 'job-not-found' } });
    const stranger = io(`${host.url}/jobs`, { forceNew: true, reconnection: false });
    const refused = await new Promise<{ data?: object }>((resolve) => stranger.on('connect_error', resolve));
    expect(refused.data).toMatchObject({ code: 'token-missing' });
    [ben.socket, stranger].forEach((socket) => socket.disconnect());
  });

  it('its announcement reaches everybody, its notification one user', async () => {
    const [ada, ben] = [await plain('ada'), await plain('ben')];
    const messages = host.get(UserMessages);
    await messages.notify('ada', { message: 'Your notes are there.', level: 'success' });
    await messages.announce({ message: 'We stop at 22:00.' });
    await Promise.all([ada, ben].map((client) => client.next('announcement')));
    expect(await ada.next('notification')).toMatchObject({ message: 'Your notes are there.', level: 'success' });
    expect(ben.received.map(({ name }) => name)).not.toContain('notification');
    [ada, ben].forEach(({ socket }) => socket.disconnect());
  });

  it('its history of a job is read over HTTP', async () => {
    const id = await host.job('with-a-past');
    await host.publisher.progress(id, 50, 'Half');
    await host.publisher.completed(id);
    const answer = await fetch(`${host.url}/api/jobs/${id}/history`, { headers: { authorization: `Bearer ${gateway.token}` } });
    expect(((await answer.json()) as { history: { status: string }[] }).history.map(({ status }) => status)).toEqual([
      'queued',
      'processing',
      'completed',
    ]);
  });
});
