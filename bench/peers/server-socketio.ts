import { once } from 'node:events';
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import type { Serve } from '../server/node/served.ts';

const PAGE = 500;

/**
 * Bare Socket.IO: no Nest, no tokens, no permissions; rooms are joined as they are asked for (who wants an answer gets a page of jobs), and a change is one emit to
 * the job's room and the room of all jobs.
 */
export const serve: Serve = async (stream) => {
  const http = createServer();
  const io = new Server(http);
  io.on('connection', (socket) => {
    socket.on('job:subscribe', ({ jobId }: { jobId: string }) => void socket.join(`job:${jobId}`));
    socket.on('jobs:subscribe:user', () => void socket.join('user:jobs'));
    socket.on('jobs:subscribe:all', (answer?: (page: object) => void) => {
      void socket.join('admin:jobs');
      answer?.({ ok: true, data: { jobs: [...stream.jobs.values()].slice(0, PAGE) } });
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    port: Number((http.address() as { port: number }).port),
    tell: (changes) =>
      changes.forEach(({ kind, job: { id, status, progress } }) => {
        const rooms = io.to([`job:${id}`, 'admin:jobs']);
        if (kind === 'progress') rooms.emit('job:progress', { id, progress });
        else rooms.emit('job:status', { id, status });
      }),
    write: (text) => io.to('admin:jobs').emit('jobs:frame', text),
    shownProgress: (job) => stream.progressTold(job),
  };
};
