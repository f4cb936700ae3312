import { framedLine, type Job, type JobsSync } from '@harmonia/contract';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Server } from 'socket.io';
import { answerCalls } from '../../test-processes/calls.ts';
import { JobStream } from '../store/job-stream.ts';

/** What is asked of the feed: so many events a second, for so long. */
export interface Feeding {
  readonly eventsPerSecond: number;
  readonly ms: number;
}

export interface FeedStart {
  readonly seed: number;
  readonly jobs: number;
  /** Where the built page is. */
  readonly folder: string;
}

const EPOCH = 'bench-1';
const FLUSH_MS = 50;
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

/** Serves the page and feeds its socket: frames to Harmonia, an event a change to the guide's. */
class Feed {
  private stream = new JobStream(1, 1);
  private folder = '';
  private readonly http = createServer(
    (request, response) =>
      void this.serve(request.url ?? '/').then((file) =>
        response.writeHead(file ? 200 : 404, { 'content-type': file?.type ?? 'text/plain' }).end(file?.content),
      ),
  );
  private readonly io = new Server(this.http);

  async start({ seed, jobs, folder }: FeedStart): Promise<number> {
    this.stream = new JobStream(seed, jobs);
    this.folder = folder;
    this.io.on('connection', (socket) => {
      if (socket.handshake.auth['protocol'] === undefined) return void socket.join('guide');
      void socket.join('harmonia');
      socket.on('jobs:sync', (declared: JobsSync, answer: (said: unknown) => void) => answer({ ok: true, data: this.answer(declared) }));
      socket.emit('authenticated', { user: { id: 'ada', roles: [] }, epoch: EPOCH, expiresAt: null });
    });
    await new Promise<void>((listening) => this.http.listen(0, '127.0.0.1', listening));
    const address = this.http.address();
    if (address === null || typeof address === 'string') throw new Error('No port was given.');
    return address.port;
  }

  /** Answers how many events a second were told. A flush that comes late brings what is due by then. */
  async feed({ eventsPerSecond, ms }: Feeding): Promise<number> {
    const start = performance.now();
    let told = 0;
    while (performance.now() < start + ms) {
      const now = performance.now();
      const due = Math.round(((now - start) * eventsPerSecond) / 1000) - told;
      this.tell(this.stream.frame(due));
      told += due;
      await pause(Math.max(0, FLUSH_MS - (performance.now() - now)));
    }
    return (told * 1000) / (performance.now() - start);
  }

  fold(): readonly Pick<Job, 'id' | 'status' | 'progress'>[] {
    return this.stream.fold.map(({ id, status, progress }) => ({ id, status, progress }));
  }

  private tell(changed: readonly Job[]): void {
    if (changed.length === 0) return;
    const at = Date.now();
    if (this.io.sockets.adapter.rooms.has('harmonia')) {
      const jobs = changed.map((job) => framedLine(job, at)).join('\n');
      this.io.to('harmonia').emit('jobs:frame', { epoch: EPOCH, at, jobs });
    }
    for (const { id, progress } of changed) this.io.to('guide').emit('job:progress', { id, progress });
  }

  private answer({ jobs, user }: JobsSync) {
    const named = this.stream.fold.filter(({ id, version }) => id in jobs && jobs[id] !== version);
    const list = { cursor: 'all', reset: user === null, more: false, jobs: user === null ? this.stream.fold : [], removed: [] };
    return { epoch: EPOCH, jobs: named, removed: [], ...(user !== undefined && { user: list }) };
  }

  private async serve(url: string): Promise<{ readonly content: string | Buffer; readonly type: string } | null> {
    const { pathname } = new URL(url, 'http://page');
    if (pathname === '/jobs') return { content: JSON.stringify(this.stream.fold), type: 'application/json' };
    const file = pathname === '/' ? '/index.html' : pathname;
    const content = await readFile(join(this.folder, file)).catch(() => null);
    return content && { content, type: TYPES[extname(file)] ?? 'application/octet-stream' };
  }
}

const feed = new Feed();
answerCalls({
  start: (start: FeedStart) => feed.start(start),
  feed: (feeding: Feeding) => feed.feed(feeding),
  fold: () => feed.fold(),
});
