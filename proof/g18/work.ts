import { Agent, request } from 'node:http';
import { tokenOf } from '../rig/token.ts';

const TOGETHER = 12;

/** Jobs that are made, reported and deleted over HTTP. */
export class Work {
  private readonly url: string;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: TOGETHER });

  constructor(url: string) {
    this.url = url;
  }

  async create(userId: string, id: string): Promise<void> {
    await this.ask('POST', '/api/jobs', tokenOf(userId), { id, jobType: 'external', title: `Job ${id}`, input: { of: userId } });
  }

  async report(id: string, report: object): Promise<void> {
    await this.ask('POST', `/api/jobs/${id}/reports`, tokenOf('worker', { scope: 'jobs:report' }), report);
  }

  /** Ends it, and deletes it. */
  async finish(userId: string, id: string, sequence = 2): Promise<void> {
    await this.report(id, { attempt: 1, sequence, progress: { current: 2, total: 2 }, status: 'completed', result: { of: id } });
    await this.ask('DELETE', `/api/jobs/${id}`, tokenOf(userId));
  }

  /** Closes the connections that wait for more. */
  rest(): void {
    this.agent.destroy();
  }

  private ask(method: string, path: string, token: string, body?: object): Promise<void> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    };
    return new Promise((resolve, reject) => {
      const asked = request(this.url + path, { method, agent: this.agent, headers }, (answer) => {
        answer.resume().on('end', () => {
          if ((answer.statusCode ?? 500) < 300) resolve();
          else reject(new Error(`${method} ${path} was answered ${answer.statusCode}.`));
        });
      });
      asked.on('error', reject);
      asked.end(text);
    });
  }
}
