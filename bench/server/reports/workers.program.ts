import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { answerCalls } from '../../../test-processes/calls.ts';

/** Workers elsewhere that report over HTTP, each on a job of its own and one report after the other. */
export interface StartWorkers {
  readonly port: number;
  readonly secret: string;
  readonly jobs: readonly string[];
}

const agent = new Agent({ keepAlive: true });
let accepted = 0;
let isOver = false;
let work: Promise<readonly number[]> = Promise.resolve([]);

async function report(port: number, token: string, id: string): Promise<number> {
  let sequence = 0;
  while (!isOver) {
    sequence++;
    const answer = await post(port, `/api/jobs/${id}/reports`, token, {
      attempt: 1,
      sequence,
      progress: { current: sequence, total: 1e9 },
    });
    if (!answer.accepted) throw new Error(`A report was not accepted: ${JSON.stringify(answer)}`);
    accepted++;
  }
  return sequence;
}

function post(port: number, path: string, token: string, body: object): Promise<{ accepted?: boolean }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path, method: 'POST', headers, agent }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve(JSON.parse(text)));
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}

function reporterToken(secret: string): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const claims = { sub: 'ada', scope: 'jobs:report', exp: Math.floor(Date.now() / 1000) + 3600 };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

answerCalls({
  start: ({ port, secret, jobs }: StartWorkers) => {
    const token = reporterToken(secret);
    work = Promise.all(jobs.map((id) => report(port, token, id)));
  },
  accepted: () => accepted,
  /** What each has reported last. */
  stop: () => {
    isOver = true;
    return work;
  },
});
