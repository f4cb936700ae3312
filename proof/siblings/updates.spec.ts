import { UserMessages } from '@harmonia/gateway';
import type { Type } from '@nestjs/common';
import { io, type Socket } from 'socket.io-client';
import { tokenOf } from '../rig/token.ts';
import { Mounted } from './hooks.ts';
import { SiblingHost, type Gateway } from './sibling-host.ts';
import { workspaceOf } from './substitution.ts';
import { UPDATES } from './updates.ts';

interface Emitted {
  readonly conversationId: string;
  readonly messageData: object;
  readonly conversationData: object;
  readonly userId: string;
}

const workspace = workspaceOf('updates', UPDATES);
const fromDocument = <Exports extends object>(file: string): Exports => jest.requireActual<Exports>(workspace.path(file));
const { subscribe } = fromDocument<{ subscribe: (socket: Socket) => Promise<object> }>('app/subscribing');
const { emit } = fromDocument<{ emit: (messages: UserMessages, members: string[], emitted: Emitted) => Promise<void> }>('app/emitting');
const { MessagesService } = fromDocument<{ MessagesService: Type<{ ingest(input: { content: string }): Promise<object> }> }>(
  'app/messages.service',
);
const { MessageThread } = fromDocument<{ MessageThread: (props: { conversationId: string }) => string[] }>('app/message-thread');
const { gateway } = fromDocument<{ gateway: Gateway }>('app/gateway');

jest.setTimeout(30_000);

describe(`the code of “${UPDATES.document.title}”`, () => {
  let host: SiblingHost;
  beforeAll(async () => {
    host = await SiblingHost.start({ providers: [MessagesService] });
    Object.assign(gateway, { url: host.url, token: tokenOf('ada') });
  });
  afterAll(() => host.stop());

  it('compiles with the substitutions of the table, and differs in no other line', () => {
    expect(workspace.typecheck()).toBe('');
    expect(workspace.differences()).toEqual([]);
  }, 60_000);

  it('its thread shows what is told of its job, and leaves the room when it goes', async () => {
    const conversationId = await host.job('conv_1');
    const view = new Mounted(() => MessageThread({ conversationId }));
    const watcher = await host.client('ada');
    await watcher.socket.emitWithAck('job:subscribe', { jobId: conversationId });
    // the thread has asked before the watcher, or asks now
    while ((await host.watching(conversationId)) < 2) await new Promise((next) => setTimeout(next, 5));
    await host.publisher.progress(conversationId, 10, 'Hello');
    expect(await view.until(({ length }) => length === 1)).toEqual(['Hello']);
    view.unmount();
    while ((await host.watching(conversationId)) > 1) await new Promise((next) => setTimeout(next, 5));
    await host.publisher.completed(conversationId);
    await watcher.next('job:completed');
    expect(view.current).toEqual(['Hello']);
  });

  it('its subscription is answered with the present', async () => {
    const id = await host.job('conv_123');
    const { socket } = await host.client('ada');
    expect(await subscribe(socket)).toMatchObject({ ok: true, data: { job: { id, status: 'queued' } } });
  });

  it('its service and its emitters tell the members of a conversation, and nobody else', async () => {
    const [ada, ben, eve] = [await host.client('ada'), await host.client('ben'), await host.client('eve')];
    const messages = host.get(UserMessages);
    expect(await host.get(MessagesService).ingest({ content: 'Hello' })).toEqual({ id: 'msg_1', content: 'Hello' });
    const emitted = { conversationId: 'conv_123', messageData: { id: 'msg_2' }, conversationData: { open: false }, userId: 'ada' };
    await emit(messages, ['ada', 'ben'], emitted);
    await messages.announce({ message: 'The end.' });
    await Promise.all([ada, ben, eve].map((client) => client.next('announcement')));
    expect(ada.received.filter(({ name }) => name.includes(':'))).toMatchObject([
      { name: 'message:new', payload: { content: 'Hello' } },
      { name: 'message:new', payload: { conversationId: 'conv_123', id: 'msg_2' } },
      { name: 'conversation:update', payload: { open: false } },
      { name: 'conversation:typing', payload: { userId: 'ada', isTyping: true } },
    ]);
    expect(eve.received.map(({ name }) => name)).toEqual(['connect', 'authenticated', 'announcement']);
  });

  it('its user:typing is a name that nobody can forge', async () => {
    await expect(host.get(UserMessages).emitToUser('ada', 'user:typing' as never, {} as never)).rejects.toMatchObject({
      code: 'payload-invalid',
    });
  });

  it('its token in the address is not looked at', async () => {
    const socket = io(`${host.url}?token=${gateway.token}`, { forceNew: true, reconnection: false });
    const refused = await new Promise<Error & { data?: unknown }>((resolve) => socket.on('connect_error', resolve));
    expect(refused.data).toMatchObject({ code: 'token-missing' });
    socket.disconnect();
  });
});
