import { tokenOf } from '../rig/token.ts';

const AT_ONCE = 16;
const MESSAGE = 'What happens now is told in many words. '.repeat(12);

/** Jobs of one user that all make progress, as fast as workers elsewhere can report it. */
export class ReportLoad {
  readonly ids: readonly string[];
  reports = 0;
  private readonly url: string;
  private isOver = false;
  private workers: readonly Promise<void>[] = [];

  constructor(url: string, jobs: number) {
    this.url = url;
    this.ids = Array.from({ length: jobs }, (_, index) => `g6-${index}`);
  }

  /** Creates the jobs, and begins. */
  async start(userId: string): Promise<void> {
    await Promise.all(this.ids.map((id) => this.post(tokenOf(userId), '/api/jobs', { jobType: 'external', id })));
    this.workers = Array.from({ length: AT_ONCE }, (_, worker) => this.work(worker));
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.workers);
  }

  private async work(worker: number): Promise<void> {
    const token = tokenOf('worker', { scope: 'jobs:report' });
    for (let sequence = 1; !this.isOver; sequence++) {
      for (let job = worker; job < this.ids.length && !this.isOver; job += AT_ONCE) {
        const progress = { current: sequence, total: 1_000_000, message: `${sequence} ${MESSAGE}` };
        await this.post(token, `/api/jobs/${this.ids[job]}/reports`, { attempt: 1, sequence, progress });
        this.reports++;
      }
    }
  }

  private async post(token: string, path: string, body: object): Promise<void> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(this.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`POST ${path} was answered ${answer.status}.`);
  }
}
