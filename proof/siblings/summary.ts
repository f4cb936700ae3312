import { SiblingDocument } from './sibling-document.ts';
import { table, wrapped, type Sibling } from './substitution.ts';

/** WebSocket Implementation Summary: events of an application to its users, and figures of the server. */
export const SUMMARY: Sibling = {
  document: new SiblingDocument('websocket-implementation-summary.md'),
  missing: [],
  notOurs: ['http_upgrade'],
  files: [
    { heading: 'Available Events', path: 'app/events.js', rows: [] },
    {
      heading: 'Send Event to User (Simple!)',
      path: 'app/send-event.js',
      rows: [
        table(
          'emitToRoom',
          "import { emitToRoom, EVENTS } from '../services/websocket.service.js';",
          "import { EVENTS } from './events.js';\nexport async function sendEvent(messages, userId, interviewId) {",
        ),
        table(
          'emitToRoom',
          'emitToRoom(userId, EVENTS.ANALYSIS_COMPLETED, {',
          'return messages.emitToUser(userId, EVENTS.ANALYSIS_COMPLETED, {',
        ),
        { kind: 'module', guide: '', here: '}', where: 'after' },
      ],
    },
    {
      heading: 'Send Event to User',
      path: 'app/quick-reference.js',
      rows: [
        ...wrapped('export function send(messages, userId, payload) {', '}'),
        table('emitToRoom', "emitToRoom(userId, 'event:name', payload);", "return messages.emitToUser(userId, 'event:name', payload);"),
      ],
    },
    {
      heading: 'Frontend Connection',
      path: 'app/frontend.js',
      rows: [
        ...wrapped('export function connect(io, serverUrl, userJwtToken, handle) {', 'return socket;\n}'),
        { kind: 'missing types', guide: '// Update UI, show notification, refresh data', here: 'handle(data);' },
      ],
    },
  ],
};
