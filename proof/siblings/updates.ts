import type { MissingFile } from '../g16-guide/substitution.ts';
import { SiblingDocument } from './sibling-document.ts';
import { table, wrapped, type Sibling } from './substitution.ts';

/** What the document takes for granted and does not show. */
const missing: readonly MissingFile[] = [
  { path: 'app/gateway.ts', lines: "export const gateway = { url: '', token: '' };" },
  {
    path: 'app/conversations.ts',
    lines: `declare module '@harmonia/contract' {
  interface UserEvents { 'message:new': { content: string } }
}
export interface ConversationIngestInput { content: string }
export const stored = (input: ConversationIngestInput) => ({
  conversation: { id: 'conv_123', members: ['ada', 'ben'] },
  message: { id: 'msg_1', content: input.content },
});`,
  },
  {
    path: 'app/use-web-socket.ts',
    lines: `import { io, type Socket } from 'socket.io-client';
import { useEffect, useState } from '../../../hooks';
import { gateway } from './gateway';
export function useWebSocket(url: string, onMessage: (message: { type: string; data: any }) => void) {
  const [socket, setSocket] = useState<Socket | null>(null);
  const [isConnected, setIsConnected] = useState(false);
  useEffect(() => {
    const opened = io(url, { auth: { token: gateway.token } });
    opened.on('authenticated', () => setIsConnected(true));
    opened.onAny((type: string, data: unknown) => onMessage({ type, data }));
    setSocket(opened);
    return () => opened.disconnect();
  }, [url]);
  const send = ({ type, ...payload }: { type: string; jobId: string }) => socket?.emit(type, payload);
  return { send, isConnected };
}`,
  },
];

/** WebSocket & Real-time Updates: subscriptions of a conversation, a hook that hands on messages, and a view that polled. */
export const UPDATES: Sibling = {
  document: new SiblingDocument('websocket-and-real-time-updates.md'),
  missing,
  notOurs: ['getByText'],
  files: [
    {
      heading: 'Subscribing to a Conversation',
      path: 'app/subscribing.js',
      rows: [
        ...wrapped('export function subscribe(socket) {', '}'),
        table(
          'subscribe',
          "socket.emit('subscribe', { conversationId: 'conv_123' });",
          "return socket.emitWithAck('job:subscribe', { jobId: 'conv_123' });",
        ),
      ],
    },
    {
      heading: 'Emitting Events',
      path: 'app/emitting.js',
      rows: [
        ...wrapped(
          [
            'export async function emit(messages, members, { conversationId, messageData, conversationData, userId }) {',
            'const tell = (event, payload) => Promise.all(members.map((member) => messages.emitToUser(member, event, payload)));',
          ].join('\n'),
          '}',
        ),
        table(
          'emitNewMessage',
          'this.messagesGateway.emitNewMessage(conversationId, messageData);',
          "await tell('message:new', { conversationId, ...messageData });",
        ),
        table(
          'emitConversationUpdate',
          'this.messagesGateway.emitConversationUpdate(conversationId, conversationData);',
          "await tell('conversation:update', { conversationId, ...conversationData });",
        ),
        table(
          'emitTypingIndicator',
          'this.messagesGateway.emitTypingIndicator(conversationId, userId, true);',
          "await tell('conversation:typing', { conversationId, userId, isTyping: true });",
        ),
      ],
    },
    {
      heading: 'Integration with Services',
      path: 'app/messages.service.ts',
      rows: [
        {
          kind: 'missing types',
          guide: '',
          here: "import { UserMessages } from '@harmonia/gateway';\nimport { Injectable } from '@nestjs/common';\nimport { stored, type ConversationIngestInput } from './conversations';",
        },
        ...wrapped('@Injectable()\nexport class MessagesService {\nconstructor(private readonly messages: UserMessages) {}', '}'),
        {
          kind: 'missing types',
          guide: '// ... create message',
          here: 'const { conversation, message } = stored(input);',
        },
        table(
          'ingest',
          'this.messagesGateway.emitNewMessage(\nconversation.id,\nmessage\n);',
          "await Promise.all(conversation.members.map((member) => this.messages.emitToUser(member, 'message:new', message)));",
        ),
      ],
    },
    {
      heading: 'useWebSocket Hook',
      path: 'app/message-thread.ts',
      rows: [
        { kind: 'imports', guide: '', here: "import { useEffect, useState } from '../../../hooks';" },
        {
          kind: 'missing types',
          guide: "import { useWebSocket } from '@/hooks/useWebSocket';",
          here: "import { useWebSocket } from './use-web-socket';\nimport { gateway } from './gateway';\ninterface MessageThreadProps { conversationId: string }\ninterface Message { id: string; progress: { message: string } }",
        },
        table('message', "if (msg.type === 'message') {", "if (msg.type === 'job:progress') {"),
        table('conversation', "} else if (msg.type === 'conversation') {", "} else if (msg.type === 'job:completed') {"),
        table('ws://localhost:3001?token=${token}', '`ws://localhost:3001?token=${token}`,', 'gateway.url,'),
        table('subscribe', "send({ type: 'subscribe', conversationId });", "send({ type: 'job:subscribe', jobId: conversationId });"),
        table('unsubscribe', "send({ type: 'unsubscribe', conversationId });", "send({ type: 'job:unsubscribe', jobId: conversationId });"),
        {
          kind: 'view',
          guide: 'return (\n<div>\n{messages.map(msg => (\n<div key={msg.id}>{msg.content}</div>\n))}\n</div>\n);',
          here: 'return messages.map(msg => msg.progress.message);',
        },
      ],
    },
  ],
};
