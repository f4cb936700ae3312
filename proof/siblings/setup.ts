import type { MissingFile } from '../g16-guide/substitution.ts';
import { SiblingDocument } from './sibling-document.ts';
import { table, wrapped, type Sibling } from './substitution.ts';

const progress = (line: string) =>
  table('emitJobProgress', `await this.wsGateway.emitJobProgress(${line});`, `await this.wsGateway.progress(${line});`);

const handler = (row: string, lines: readonly string[], here: readonly string[]) => table(row, lines.join('\n'), here.join('\n'));

/** What the document takes for granted and does not show. */
const missing: readonly MissingFile[] = [
  { path: 'app/gateway.ts', lines: "export const gateway = { url: '', token: '' };" },
  {
    path: 'app/notes.ts',
    lines: `import { Injectable } from '@nestjs/common';
export const NOTES_GENERATION_PROMPT = (text: string) => \`Notes of: \${text}\`;
interface Note { userId: string; title: string; content: string; source: string }
@Injectable()
export class Model {
  answer: Promise<string> = Promise.resolve('Notes.');
  async generateContent(_prompt: string) {
    const notes = await this.answer;
    return { response: { text: () => notes } };
  }
}
@Injectable()
export class NotesService {
  async create(note: Note) { return { id: 'note-1', ...note }; }
}`,
  },
  {
    path: 'app/websocket-example.service.ts',
    lines: `import { JobPublisher } from '@harmonia/job-engine';
import { Injectable } from '@nestjs/common';
@Injectable()
export class WebSocketExampleService {
  constructor(private readonly jobs: JobPublisher) {}
  async simulateJobExecution(jobId: string) {
    await this.jobs.progress(jobId, 50, 'Half of it');
    await this.jobs.completed(jobId, { simulated: true });
  }
}`,
  },
];

/** WebSocket Integration - Setup Complete: a service, a hook, lines for the console of a browser, a test controller. */
export const SETUP: Sibling = {
  document: new SiblingDocument('websocket-integration-setup.md'),
  missing,
  notOurs: ['NOTES_GENERATION_PROMPT', 'start:dev'],
  files: [
    {
      heading: 'Example: AI Service Integration',
      path: 'app/ai.service.ts',
      rows: [
        { kind: 'missing types', guide: '', here: "import { Model, NOTES_GENERATION_PROMPT, NotesService } from './notes';" },
        table(
          'JobsWebSocketGateway',
          "import { JobsWebSocketGateway } from '../websocket/websocket.gateway';",
          "import { JobPublisher } from '@harmonia/job-engine';",
        ),
        table('JobsWebSocketGateway', 'private readonly wsGateway: JobsWebSocketGateway,', 'private readonly wsGateway: JobPublisher,'),
        {
          kind: 'missing types',
          guide: '// ... other dependencies',
          here: 'private readonly model: Model,\nprivate readonly notesService: NotesService,',
        },
        table(
          'emitJobUpdate',
          "await this.wsGateway.emitJobUpdate(jobId, 'started', {\nmessage: 'Starting note generation',\nuserId,\ntitle,\n});",
          "await this.wsGateway.created({ id: jobId, userId, jobType: 'external', title });\nawait this.wsGateway.started(jobId);",
        ),
        progress("jobId, 25, 'Analyzing document'"),
        progress("jobId, 50, 'Generating notes with AI'"),
        progress("jobId, 75, 'Processing AI response'"),
        progress("jobId, 90, 'Saving to database'"),
        { kind: 'missing types', guide: 'source,', here: "source: 'upload'," },
        table('emitJobCompleted', 'await this.wsGateway.emitJobCompleted(jobId, {', 'await this.wsGateway.completed(jobId, {'),
        table(
          'emitJobError',
          'await this.wsGateway.emitJobError(jobId, error);',
          'await this.wsGateway.failed(jobId, error instanceof Error ? error.message : String(error));',
        ),
      ],
    },
    {
      heading: '3. Frontend Integration',
      path: 'app/use-job-progress.ts',
      rows: [
        {
          kind: 'imports',
          guide: "import { useEffect, useState } from 'react';",
          here: "import { useEffect, useState } from '../../../hooks';",
        },
        { kind: 'port', guide: '', here: "import { gateway } from './gateway';" },
        table(
          'http://localhost:3000/jobs',
          "const newSocket = io('http://localhost:3000/jobs');",
          'const newSocket = io(`${gateway.url}/jobs`, { auth: { token: gateway.token } });',
        ),
        table('subscribe:jobs', "newSocket.emit('subscribe:jobs', { jobId });", "newSocket.emit('job:subscribe', { jobId });"),
        handler(
          'job:progress',
          ["newSocket.on('job:progress', (data) => {", 'if (data.jobId === jobId) {', 'setProgress(data.progress);'],
          ["newSocket.on('job:progress', (data) => {", 'if (data.id === jobId) {', 'setProgress(data.progress.percentage);'],
        ),
        table('in_progress', "setStatus('in_progress');", "setStatus('processing');"),
        handler(
          'job:completed',
          ["newSocket.on('job:completed', (data) => {", 'if (data.jobId === jobId) {'],
          ["newSocket.on('job:completed', (data) => {", 'if (data.job.id === jobId) {'],
        ),
        table('job:completed', 'setResult(data.result);', 'setResult(data.job.result);'),
        handler(
          'job:error',
          ["newSocket.on('job:error', (data) => {", 'if (data.jobId === jobId) {'],
          ["newSocket.on('job:failed', (data) => {", 'if (data.id === jobId) {'],
        ),
        table('unsubscribe:jobs', "newSocket.emit('unsubscribe:jobs', { jobId });", "newSocket.emit('job:unsubscribe', { jobId });"),
      ],
    },
    {
      heading: 'Method 2: Using Browser Console',
      path: 'app/browser-console.js',
      rows: [
        ...wrapped('export function paste(io, gateway, console) {', 'return socket;\n}'),
        table(
          'http://localhost:3000/jobs',
          "const socket = io('http://localhost:3000/jobs');",
          'const socket = io(`${gateway.url}/jobs`, { auth: { token: gateway.token } });',
        ),
        table(
          'subscribe:jobs',
          "socket.emit('subscribe:jobs', { jobId: 'test-123' });",
          "socket.emit('job:subscribe', { jobId: 'test-123' });",
        ),
        table(
          'job:update',
          "socket.on('job:update', (data) => console.log('Update:', data));",
          "socket.on('job:status', (data) => console.log('Update:', data));",
        ),
      ],
    },
    {
      heading: 'Method 3: Using the Example Service',
      path: 'app/test.controller.ts',
      rows: [
        {
          kind: 'imports',
          guide: "import { WebSocketExampleService } from '../websocket/websocket-example.service';",
          here: "import { WebSocketExampleService } from './websocket-example.service';",
        },
      ],
    },
    {
      heading: 'CORS Settings',
      path: 'app/cors.ts',
      rows: [
        table('cors.origin', '@WSGateway({\ncors: {', 'export const options = {'),
        table(
          'cors.origin',
          "origin: 'http://localhost:5173', // Your frontend URL\ncredentials: true,\n},",
          "origins: ['http://localhost:5173'], // Your frontend URL",
        ),
        table('cors.origin', '})', '};'),
      ],
    },
  ],
};
