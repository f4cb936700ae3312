import type { Job, ReportAnswer } from '@harmonia/contract';

/** A person or a worker with a token, speaking HTTP to a gateway that may be gone at any moment. */
export class GatewayClient {
  private readonly url: string;
  readonly token: string;

  private constructor(url: string, token: string) {
    this.url = url;
    this.token = token;
  }

  static async signIn(url: string, user: string): Promise<GatewayClient> {
    const answer = await fetch(`${url}/api/auth/demo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user }),
    });
    if (!answer.ok) throw new Error(`Demo sign-in was refused with ${answer.status}.`);
    const { token } = (await answer.json()) as { token: string };
    return new GatewayClient(url, token);
  }

  /** The created job, only when the gateway answered 201. */
  async create(request: { jobType: string; id?: string; input?: unknown }): Promise<Job> {
    return this.created(await this.send('POST', '/api/jobs', JSON.stringify(request), { 'content-type': 'application/json' }));
  }

  /** The created job, only when the gateway answered 201. */
  async upload(jobType: string, name: string, content: Uint8Array<ArrayBuffer>): Promise<Job> {
    const form = new FormData();
    form.append('jobType', jobType);
    form.append('file', new Blob([content]), name);
    return this.created(await this.send('POST', '/api/jobs', form));
  }

  /** Null when the gateway says that there is no such job. */
  async job(id: string): Promise<Job | null> {
    const answer = await this.send('GET', `/api/jobs/${id}`);
    return answer.status === 404 ? null : ((await this.expect(answer, 200).then((ok) => ok.json())) as Job);
  }

  async result(id: string): Promise<Uint8Array> {
    return new Uint8Array(await (await this.expect(await this.send('GET', `/api/jobs/${id}/result`), 200)).arrayBuffer());
  }

  async report(id: string, report: object): Promise<ReportAnswer> {
    const answer = await this.send('POST', `/api/jobs/${id}/reports`, JSON.stringify(report), { 'content-type': 'application/json' });
    return (await this.expect(answer, 200).then((ok) => ok.json())) as ReportAnswer;
  }

  private send(method: string, path: string, body?: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, { method, body: body ?? null, headers: { authorization: `Bearer ${this.token}`, ...headers } });
  }

  private async created(answer: Response): Promise<Job> {
    return (await this.expect(answer, 201).then((ok) => ok.json())) as Job;
  }

  private async expect(answer: Response, status: number): Promise<Response> {
    if (answer.status !== status) throw new Error(`${answer.url} answered ${answer.status}: ${await answer.text()}`);
    return answer;
  }
}
