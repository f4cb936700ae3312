import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Server } from 'socket.io';

/** A change as this server tells it. */
export interface ToldChange {
  readonly id: string;
  readonly status: 'processing' | 'cancelled';
  readonly progress: { readonly current: number; readonly total: null; readonly percentage: number; readonly message: string };
}

/** Bare Socket.IO on many nodes, by its adapter for Redis: a change is one emit to the job's room and the room of all jobs. */
export async function serveByAdapter(url: string): Promise<{ port: number; tell(change: ToldChange): void }> {
  const http = createServer();
  const publishing = new Redis(url);
  const adapter = createAdapter(publishing, publishing.duplicate());
  const io = new Server(http, { adapter });
  io.on('connection', (socket) => {
    socket.on('job:subscribe', ({ jobId }: { jobId: string }) => void socket.join(`job:${jobId}`));
    socket.on('jobs:subscribe:all', () => void socket.join('admin:jobs'));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    port: Number((http.address() as { port: number }).port),
    tell: ({ id, status, progress }) => {
      const rooms = io.to([`job:${id}`, 'admin:jobs']);
      if (status === 'processing') rooms.emit('job:progress', { id, progress });
      else rooms.emit('job:status', { id, status });
    },
  };
}
