import type { MissingFile } from '../g16-guide/substitution.ts';
import { SiblingDocument } from './sibling-document.ts';
import { table, wrapped, type Sibling, type SiblingReplacement } from './substitution.ts';

const emits = (row: string, fields: readonly string[], here: string): SiblingReplacement =>
  table(row, [`wsUtils.emitToUser(io, userId, ${row}, {`, ...fields, '});'].join('\n'), here);

const told = (percentage: number, message: string): SiblingReplacement =>
  table(
    message,
    [
      `job.updateProgress(${percentage});`,
      'wsUtils.emitToUser(io, userId, WS_EVENTS.JOB_PROGRESS, {',
      'jobId: job.id,',
      `progress: ${percentage},`,
      `status: "${message}"`,
      '});',
    ].join('\n'),
    `job.updateProgress({ current: ${percentage}, total: 100, message: "${message}" });`,
  );

const io = table('websocketService.getIO()', 'const io = websocketService.getIO();', '');

const handler = (event: string, lines: readonly string[], here: readonly string[]): SiblingReplacement =>
  table(event, [`socket.on("${event}", (data) => {`, ...lines].join('\n'), here.join('\n'));

/** What the document takes for granted and does not show. */
const missing: readonly MissingFile[] = [
  { path: 'app/gateway.ts', lines: "export const gateway = { url: '', token: '' };" },
  {
    path: 'app/images.js',
    lines: `export const logger = { error: () => undefined };
export async function generateImage(prompt) {
  if (prompt === '') throw new Error('There is nothing to draw.');
  return { url: \`https://images.example/\${prompt}.png\`, width: 640, height: 480 };
}`,
  },
  {
    path: 'app/queue.js',
    lines: `import { LiveJobs } from '@harmonia/bullmq';
import { Queue, Worker } from 'bullmq';
import imageGenerationWorker from './image-generation.worker';
export async function startQueue(publisher, url) {
  const live = new LiveJobs(publisher, ({ data, name }) => ({ userId: data.userId, title: name }));
  const queue = new Queue('images', { connection: { url } });
  const worker = new Worker('images', live.processor(imageGenerationWorker), { connection: { url, maxRetriesPerRequest: null } });
  await worker.waitUntilReady();
  return {
    idOf: LiveJobs.idOf,
    add: (prompt) => queue.add('An image', { userId: 'ada', prompt }),
    close: () => Promise.all([worker.close(), queue.close()]),
  };
}`,
  },
];

/** Simple WebSocket Implementation: jobs told from queue workers, presence, a client and a hook. */
export const SIMPLE: Sibling = {
  document: new SiblingDocument('simple-websocket-implementation.md'),
  missing,
  notOurs: [],
  files: [
    {
      heading: '1. Send Job Updates',
      path: 'app/worker.js',
      rows: [
        ...wrapped('let jobs;\nexport const useJobs = (publisher) => (jobs = publisher);', 'export { ImageGenerationWorker };'),
        table('wsUtils.emitToUser', 'import websocketService, { wsUtils, WS_EVENTS } from "../websocket/index.js";', ''),
        io,
        table(
          'job.id',
          'const { userId } = job.data;',
          "const { userId } = job.data;\nawait jobs.created({ id: job.id, userId, jobType: 'external' });",
        ),
        emits('WS_EVENTS.JOB_PROGRESS', ['jobId: job.id,', 'progress: 50,', 'status: "processing"'], 'await jobs.progress(job.id, 50);'),
        emits(
          'WS_EVENTS.JOB_COMPLETED',
          ['jobId: job.id,', 'result: { imageUrl: "..." }'],
          'await jobs.completed(job.id, { imageUrl: "..." });',
        ),
      ],
    },
    {
      heading: '2. Check User Presence',
      path: 'app/check-presence.js',
      rows: [
        table(
          'isUserOnline',
          'import { wsUtils } from "./services/websocket/index.js";',
          'export function checkPresence(wsUtils, userId) {',
        ),
        table(
          'getOnlineUsers',
          'const onlineUsers = wsUtils.getOnlineUsers();',
          'const onlineUsers = wsUtils.getOnlineUsers().map((user) => user.userId);',
        ),
        { kind: 'module', guide: '', here: 'return { isOnline, onlineUsers, count };\n}', where: 'after' },
      ],
    },
    {
      heading: '3. Client Connection',
      path: 'app/client.js',
      rows: [
        {
          kind: 'port',
          guide: 'const socket = io("http://localhost:3000", {',
          here: 'export function start(gateway, console, updateProgressBar) {\nconst socket = io(gateway.url, {',
        },
        table(
          'user_online',
          'auth: { token: "your-jwt-token" }\n});',
          'auth: { token: gateway.token }\n});\nsocket.emit("jobs:subscribe:user");\nsocket.emit("presence:watch:all", ({ ok }) => console.log(`Watching: ${ok}`));',
        ),
        handler(
          'job_progress',
          ['console.log(`Job ${data.jobId}: ${data.progress}%`);', 'updateProgressBar(data.progress);'],
          [
            'socket.on("job:progress", (data) => {',
            'console.log(`Job ${data.id}: ${data.progress.percentage}%`);',
            'updateProgressBar(data.progress.percentage);',
          ],
        ),
        handler(
          'job_completed',
          ['console.log("Job done:", data.result);'],
          ['socket.on("job:completed", (data) => {', 'console.log("Job done:", data.job.result);'],
        ),
        handler('job_failed', [], ['socket.on("job:failed", (data) => {']),
        handler('user_online', [], ['socket.on("user:online", (data) => {']),
        handler('user_offline', [], ['socket.on("user:offline", (data) => {']),
        { kind: 'module', guide: '', here: 'return socket;\n}', where: 'after' },
      ],
    },
    {
      heading: 'Helper Functions',
      path: 'app/helpers.js',
      rows: [
        table(
          'wsUtils.emitToUser',
          'import websocketService, { wsUtils } from "./services/websocket/index.js";',
          'export function help(messages, wsUtils, userId, data) {',
        ),
        io,
        table(
          'wsUtils.emitToUser',
          'wsUtils.emitToUser(io, userId, "event_name", { data });',
          'messages.emitToUser(userId, "event_name", { data });',
        ),
        { kind: 'module', guide: '', here: '}', where: 'after' },
      ],
    },
    {
      heading: 'Complete Queue Worker Integration',
      path: 'app/image-generation.worker.js',
      rows: [
        table(
          'wsUtils.emitToUser',
          'import websocketService, { wsUtils, WS_EVENTS } from "../../websocket/index.js";',
          'import { JobFailedError } from "@harmonia/job-engine";',
        ),
        {
          kind: 'imports',
          guide: 'import logger from "../../../config/logger.js";',
          here: 'import { generateImage, logger } from "./images";',
        },
        io,
        told(10, 'initializing'),
        told(50, 'generating'),
        emits(
          'WS_EVENTS.JOB_COMPLETED',
          ['jobId: job.id,', 'result: {', 'imageUrl: result.url,', 'width: result.width,', 'height: result.height', '}'],
          '',
        ),
        table('WS_EVENTS.JOB_COMPLETED', 'return result;', 'return { imageUrl: result.url, width: result.width, height: result.height };'),
        emits('WS_EVENTS.JOB_FAILED', ['jobId: job.id,', 'error: error.message'], ''),
        table('WS_EVENTS.JOB_FAILED', 'throw error;', 'throw new JobFailedError("image-failed", error.message);'),
      ],
    },
    {
      heading: 'React Hook for Job Updates',
      path: 'app/use-job-progress.js',
      rows: [
        {
          kind: 'imports',
          guide: 'import { useEffect, useState } from "react";',
          here: 'import { useEffect, useState } from "../../../hooks";',
        },
        { kind: 'port', guide: '', here: 'import { gateway } from "./gateway";' },
        { kind: 'port', guide: 'const socket = io("http://localhost:3000", {', here: 'const socket = io(gateway.url, {' },
        table('WS_EVENTS.JOB_PROGRESS', 'auth: { token }\n});', 'auth: { token }\n});\nsocket.emit("job:subscribe", { jobId });'),
        handler(
          'job_progress',
          ['if (data.jobId === jobId) {', 'setProgress(data.progress);'],
          ['socket.on("job:progress", (data) => {', 'if (data.id === jobId) {', 'setProgress(data.progress.percentage);'],
        ),
        handler(
          'job_completed',
          ['if (data.jobId === jobId) {'],
          ['socket.on("job:completed", (data) => {', 'if (data.job.id === jobId) {'],
        ),
        table('job_completed', 'setResult(data.result);', 'setResult(data.job.result);'),
        handler('job_failed', ['if (data.jobId === jobId) {'], ['socket.on("job:failed", (data) => {', 'if (data.id === jobId) {']),
        {
          kind: 'view',
          guide: [
            'return (',
            '<div>',
            '{status === "processing" && <ProgressBar value={progress} />}',
            '{status === "completed" && <img src={result.imageUrl} />}',
            '{status === "failed" && <ErrorMessage message={error} />}',
            '</div>',
            ');',
          ].join('\n'),
          here: 'return status;',
        },
      ],
    },
  ],
};
