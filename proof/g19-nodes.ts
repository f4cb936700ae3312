import type { Job } from '@harmonia/contract';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../test-processes/free-port.ts';
import { RedisServer } from '../test-processes/redis-server.ts';
import type { Figures, ProofOptions } from './proof.ts';
import { GatewayProcess } from './rig/gateway-process.ts';
import { Random } from './rig/random.ts';
import { SECRET, tokenOf } from './rig/token.ts';
import { startWorkerProcess } from './rig/worker-process.ts';

const ACTIVE_JOBS = 40;
const EXTERNAL_STEPS = 12;
const ANSWER_WITHIN_MS = 8000;
/** A worker that says nothing for a minute is taken for lost, and its jobs start anew. When nothing moves for longer, it is stuck. */
const STUCK_AFTER_MS = 100_000;
const LEAST_KILLS = 8;
const SAMPLE_PDF = new URL('../apps/jobs-console/public/sample.pdf', import.meta.url);

/** What the campaign prints. */
export interface NodesFigures extends Figures {
  readonly promise: 'G19';
  readonly seed: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly accepted: Readonly<Record<string, number>>;
  readonly missing: number;
  readonly stuck: number;
  readonly completed: number;
  /** Cut off three times in a row and said to be so: `failed` with code `worker-lost`. */
  readonly markedLost: number;
  readonly failedOtherwise: number;
  readonly newAttempts: number;
  /** Some of those that are stuck. */
  readonly stuckJobs: readonly string[];
}

/** [G19] On one Redis, two gateways and two workers are killed with SIGKILL again and again, while jobs of every type are given to them. */
export async function proveNodesRestart({ seed, seconds }: ProofOptions): Promise<NodesFigures> {
  const started = Date.now();
  const campaign = await NodesCampaign.open(seed);
  try {
    await campaign.run(seconds);
    const verdict = await campaign.settle();
    const broken = verdict.missing + verdict.stuck + verdict.failedOtherwise > 0;
    return { promise: 'G19', seed, ...verdict, broken, seconds: Math.round((Date.now() - started) / 1000) };
  } finally {
    await campaign.end();
  }
}

/** A process that comes back after each kill. */
interface Role {
  readonly name: 'gateway' | 'worker';
  readonly start: () => Promise<{ kill(): Promise<void> }>;
  process: { kill(): Promise<void> } | null;
}

class NodesCampaign {
  private readonly kills: Record<string, number> = { gateway: 0, worker: 0, 'gateway after a 201': 0 };
  private readonly accepted = new Map<string, string>();
  private readonly ended = new Map<string, Job>();
  private readonly urls: string[] = [];
  private readonly roles: Role[] = [];
  private readonly random: Random;
  private readonly versions = new Map<string, number>();
  private isOver = false;
  private movedAt = 0;
  private sequence = 0;
  private readonly redis: RedisServer;
  private readonly dataDir: string;
  private readonly pdf: Uint8Array<ArrayBuffer>;

  private constructor(redis: RedisServer, dataDir: string, pdf: Uint8Array<ArrayBuffer>, seed: number) {
    this.redis = redis;
    this.dataDir = dataDir;
    this.pdf = pdf;
    this.random = new Random(seed);
  }

  static async open(seed: number): Promise<NodesCampaign> {
    const dataDir = await mkdtemp(join(tmpdir(), 'harmonia-g19-nodes-'));
    const campaign = new NodesCampaign(await RedisServer.start({ appendOnly: true }), dataDir, await readFile(SAMPLE_PDF), seed);
    for (let node = 0; node < 2; node++) campaign.addRoles(await freePort());
    for (const role of campaign.roles) role.process = await role.start();
    return campaign;
  }

  async run(seconds: number): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    const work = this.work();
    for (let kills = 0; kills < LEAST_KILLS || Date.now() < deadline; kills++) {
      await pause(this.random.between(200, 2000));
      const role = this.random.pick(this.roles);
      if (role) await this.kill(role);
    }
    this.isOver = true;
    await work;
  }

  /** Nobody is killed any more: everything that was accepted must come to its end. */
  async settle(): Promise<Omit<NodesFigures, 'promise' | 'seed' | 'broken' | 'seconds'>> {
    this.movedAt = Date.now();
    while (this.open.length > 0 && Date.now() - this.movedAt < STUCK_AFTER_MS) {
      for (const id of this.open) await this.advance(id);
      await pause(200);
    }
    const jobs = [...this.ended.values()];
    const accepted: Record<string, number> = {};
    for (const type of this.accepted.values()) accepted[type] = (accepted[type] ?? 0) + 1;
    const known = await Promise.all(this.open.map((id) => this.job(id).catch(() => undefined)));
    const failed = jobs.filter(({ status }) => status === 'failed');
    const lost = failed.filter(({ result }) => JSON.stringify(result).includes('"worker-lost"'));
    return {
      kills: this.kills,
      accepted,
      missing: known.filter((job) => job === null).length,
      stuck: known.filter((job) => job !== null).length,
      completed: jobs.filter(({ status }) => status === 'completed').length,
      markedLost: lost.length,
      failedOtherwise: failed.length - lost.length,
      newAttempts: jobs.filter(({ attempt }) => attempt > 1).length,
      stuckJobs: known
        .flatMap((job) => (job ? [`${job.jobType} ${job.id}, ${job.status}, attempt ${job.attempt}, since ${job.updatedAt}`] : []))
        .slice(0, 5),
    };
  }

  async end(): Promise<void> {
    this.isOver = true;
    for (const { process } of this.roles) await process?.kill();
    await this.redis.remove();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private addRoles(port: number): void {
    const env = { REDIS_URL: this.redis.url, JWT_SECRET: SECRET, DEMO_AUTH: 'false', DATA_DIR: this.dataDir, WORKER_CONCURRENCY: '4' };
    this.urls.push(`http://127.0.0.1:${port}`);
    this.roles.push(
      { name: 'gateway', start: () => GatewayProcess.start({ dataDir: this.dataDir, port, env }), process: null },
      { name: 'worker', start: () => startWorkerProcess(env), process: null },
    );
  }

  /** Also right after a gateway has answered 201. */
  private async kill(role: Role): Promise<void> {
    const isAfter201 = role.name === 'gateway' && this.random.next() < 0.5;
    if (isAfter201) {
      await this.submit(this.urls[this.roles.filter(({ name }) => name === 'gateway').indexOf(role)]);
      await pause(this.random.between(0, 100));
    }
    await role.process?.kill();
    this.kills[isAfter201 ? 'gateway after a 201' : role.name] = (this.kills[isAfter201 ? 'gateway after a 201' : role.name] ?? 0) + 1;
    await pause(this.random.between(0, 500));
    role.process = await role.start();
  }

  private get open(): string[] {
    return [...this.accepted.keys()].filter((id) => !this.ended.has(id));
  }

  private async work(): Promise<void> {
    while (!this.isOver) {
      for (let more = ACTIVE_JOBS - this.open.length; more > 0 && !this.isOver; more--) await this.submit();
      for (const id of this.open) if (!this.isOver) await this.advance(id);
      await pause(50);
    }
  }

  /** Only what was answered 201 counts as accepted. */
  private async submit(url = this.random.pick(this.urls)): Promise<void> {
    const sequence = ++this.sequence;
    const answer = await this.ask('POST', '/api/jobs', this.request(sequence), url).catch(() => null);
    if (answer?.status !== 201) return;
    const job = (await answer.json().catch(() => null)) as Job | null;
    if (job) this.accepted.set(job.id, job.jobType);
  }

  private request(sequence: number): FormData | object {
    const steps = this.random.between(2, 40);
    if (sequence % 8 === 0) return this.upload('pdf-notes', `report-${sequence}.pdf`, this.pdf);
    if (sequence % 4 === 1)
      return this.upload('file-digest', `data-${sequence}.bin`, new Uint8Array(this.random.between(1, 500_000)).fill(sequence));
    if (sequence % 2 === 0) return { jobType: 'simulate', input: { steps, delayMs: 25 } };
    return { jobType: 'external', id: `external-${sequence}` };
  }

  private upload(jobType: string, name: string, content: Uint8Array<ArrayBuffer>): FormData {
    const form = new FormData();
    form.append('jobType', jobType);
    form.append('file', new Blob([content]), name);
    return form;
  }

  /** Looks at a job; of an external one the worker here reports the next step. What a dead gateway does not answer is asked again. */
  private async advance(id: string): Promise<void> {
    const job = await this.job(id).catch(() => undefined);
    if (!job) return;
    if (job.version !== this.versions.get(id)) this.movedAt = Date.now();
    this.versions.set(id, job.version);
    if (!['queued', 'processing'].includes(job.status)) this.ended.set(id, job);
    else if (job.jobType === 'external') await this.ask('POST', `/api/jobs/${id}/reports`, nextReport(job)).catch(() => null);
  }

  /** Null when a gateway says that there is no such job. */
  private async job(id: string): Promise<Job | null> {
    const answer = await this.ask('GET', `/api/jobs/${id}`);
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(`GET was answered ${answer.status}.`);
    return (await answer.json()) as Job;
  }

  private ask(method: string, path: string, body?: FormData | object, url = this.random.pick(this.urls)): Promise<Response> {
    const isForm = body instanceof FormData;
    const authorization = `Bearer ${tokenOf('ada', { scope: 'jobs:report' })}`;
    const headers = { authorization, ...(body && !isForm && { 'content-type': 'application/json' }) };
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    return fetch(`${url}${path}`, { method, headers, body: isForm ? body : body ? JSON.stringify(body) : null, signal });
  }
}

function nextReport(job: Job): object {
  const current = (job.progress?.current ?? 0) + 1;
  const report = { attempt: job.attempt, sequence: job.version + 1, progress: { current, total: EXTERNAL_STEPS } };
  return current < EXTERNAL_STEPS ? report : { ...report, status: 'completed', result: { steps: EXTERNAL_STEPS } };
}
