import { createAdapter } from '@socket.io/redis-streams-adapter';
import type { Job } from '@harmonia/contract';
import { Redis } from 'ioredis';
import { createServer, type IncomingMessage } from 'node:http';
import { Server, type BroadcastOperator, type DefaultEventsMap } from 'socket.io';
import type { Told } from './stock-event.ts';

/**
 * A gateway as the integration guide writes it, with what Socket.IO has for several nodes: the adapter over a Redis stream, and
 * connection state recovery. Kinder than the guide in two points: progress and status go to the user's list too, and a job that was
 * deleted is told of.
 */
const { REDIS_URL: redisUrl = '', TABLE_URL: tableUrl = '', PORT: port = '0' } = process.env;

const redis = new Redis(redisUrl);
redis.on('error', () => undefined);

const http = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://gateway');
  const answer = pathname === '/tell' ? told(request) : pathname === '/jobs' ? listed(searchParams) : Promise.resolve('{}');
  answer.then(
    (text) => response.end(text),
    () => response.writeHead(503).end(),
  );
});

const io = new Server(http, { adapter: createAdapter(redis), connectionStateRecovery: {}, pingInterval: 10_000, pingTimeout: 5000 });

io.on('connection', (socket) => {
  const userId = String(socket.handshake.auth['token']);
  socket.on('job:subscribe', ({ jobId }: { jobId: string }, done?: () => void) => {
    void socket.join(`job:${jobId}`);
    done?.();
  });
  socket.on('job:unsubscribe', ({ jobId }: { jobId: string }) => void socket.leave(`job:${jobId}`));
  socket.on('jobs:subscribe:user', (done?: () => void) => {
    void socket.join(`user:${userId}:jobs`);
    done?.();
  });
});

async function told(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  // the worker of the rig is ours
  (JSON.parse(text) as Told[]).forEach(tell);
  return '{}';
}

async function listed(query: URLSearchParams): Promise<string> {
  // so is its table
  const jobs = (await (await fetch(tableUrl)).json()) as Job[];
  const [userId, id] = [query.get('userId'), query.get('id')];
  return JSON.stringify(jobs.filter((job) => (userId === null || job.userId === userId) && (id === null || job.id === id)));
}

function tell(event: Told): void {
  if (!('job' in event)) return void to(event.id, event.userId).emit('job:removed', { id: event.id });
  const { kind, job } = event;
  const { id, status, progress, version } = job;
  const rooms = to(id, job.userId);
  if (kind === 'completed') rooms.emit('job:completed', { job });
  else if (kind === 'failed') rooms.emit('job:failed', { id, error: 'It failed.', version });
  else if (kind === 'progress') rooms.emit('job:progress', { id, progress, version });
  else rooms.emit('job:status', { id, status, userId: job.userId, version });
}

const to = (id: string, userId: string): BroadcastOperator<DefaultEventsMap, unknown> => io.to(`job:${id}`).to(`user:${userId}:jobs`);

http.listen(Number(port), '127.0.0.1');
