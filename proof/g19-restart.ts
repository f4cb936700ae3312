import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Job } from '@harmonia/contract';
import { freePort } from '../test-processes/free-port.ts';
import type { Figures, ProofOptions } from './proof.ts';
import { GatewayClient } from './rig/gateway-client.ts';
import { GatewayProcess } from './rig/gateway-process.ts';
import { Random } from './rig/random.ts';

const ACTIVE_JOBS = 50;
const SETTLE_MS = 90_000;
const LONGEST_LIFE_MS = 3000;
const LEAST_KILLS = 20;
const SECONDS_PER_KILL = 3;
const SAMPLE_PDF = new URL('../apps/jobs-console/public/sample.pdf', import.meta.url);

type KillMode = 'random' | 'after-201' | 'between-commit-and-emit';
const KILL_MODES: readonly KillMode[] = ['random', 'after-201', 'between-commit-and-emit'];

/** What the campaign prints. Everything accepted is there at the end, and nothing is stuck [G19]. */
export interface RestartFigures extends Figures {
  readonly promise: 'G19';
  readonly seed: number;
  readonly kills: Record<KillMode, number>;
  readonly accepted: Record<string, number>;
  readonly missing: number;
  readonly stuck: number;
  readonly brokenResults: number;
  readonly completed: number;
  /** Cut off three times in a row and said to be so: `failed` with code `worker-lost`. */
  readonly markedLost: number;
  /** Failed for any other reason: none should. */
  readonly failedOtherwise: number;
  readonly newAttempts: number;
}

/**
 * [G19] Kills the single node with SIGKILL again and again while jobs of every type are queued and running, also right
 * after a 201 and between a commit and its emit, and restarts it on the same data directory.
 */
export async function proveRestart({ seed, seconds }: ProofOptions): Promise<RestartFigures> {
  const started = Date.now();
  const kills = Math.max(LEAST_KILLS, Math.round(seconds / SECONDS_PER_KILL));
  const dataDir = await mkdtemp(join(tmpdir(), 'harmonia-g19-'));
  const campaign = new RestartCampaign(dataDir, await freePort(), new Random(seed), await readFile(SAMPLE_PDF));
  try {
    for (let round = 0; round < kills; round++) await campaign.round(KILL_MODES[round % KILL_MODES.length] ?? 'random');
    const verdict = await campaign.settle();
    const { missing, stuck, brokenResults, failedOtherwise } = verdict;
    const broken = missing + stuck + brokenResults + failedOtherwise > 0;
    return { promise: 'G19', seed, kills: campaign.kills, ...verdict, broken, seconds: Math.round((Date.now() - started) / 1000) };
  } finally {
    await campaign.end();
    await rm(dataDir, { recursive: true, force: true });
  }
}

const jobFailureCode = (job: Job): string | undefined => (job.result as { code?: string } | null)?.code;

class RestartCampaign {
  readonly kills: Record<KillMode, number> = { random: 0, 'after-201': 0, 'between-commit-and-emit': 0 };
  private readonly accepted = new Map<string, string>();
  private readonly ended = new Set<string>();
  private gateway: GatewayProcess | undefined;
  private sequence = 0;

  private readonly dataDir: string;
  private readonly port: number;
  private readonly random: Random;
  private readonly pdf: Uint8Array<ArrayBuffer>;

  constructor(dataDir: string, port: number, random: Random, pdf: Uint8Array<ArrayBuffer>) {
    this.dataDir = dataDir;
    this.port = port;
    this.random = random;
    this.pdf = pdf;
  }

  /** One life of the gateway: it comes up, is given work until 50 jobs are under way, works, and is killed. */
  async round(mode: KillMode): Promise<void> {
    const killAfterCommits = mode === 'between-commit-and-emit' ? this.random.between(2, 60) : undefined;
    const gateway = await GatewayProcess.start({
      dataDir: this.dataDir,
      port: this.port,
      ...(killAfterCommits ? { killAfterCommits } : {}),
    });
    this.gateway = gateway;
    const work = this.work(gateway, mode);
    await Promise.race([work, pause(mode === 'random' ? this.random.between(100, 1500) : LONGEST_LIFE_MS)]);
    const killedItself = !gateway.alive;
    await gateway.kill();
    await work;
    this.kills[mode === 'between-commit-and-emit' && !killedItself ? 'random' : mode]++;
  }

  /** The last life: everything that was accepted must come to its end. */
  async settle(): Promise<Omit<RestartFigures, 'promise' | 'seed' | 'kills' | 'broken' | 'seconds'>> {
    this.gateway = await GatewayProcess.start({ dataDir: this.dataDir, port: this.port });
    const [ada, worker] = await this.signIn(this.gateway);
    const deadline = Date.now() + SETTLE_MS;
    while (this.open().length > 0 && Date.now() < deadline) {
      for (const id of this.open()) await this.advance(id, ada, worker);
      await pause(100);
    }
    return this.verdict(ada);
  }

  async end(): Promise<void> {
    await this.gateway?.kill();
  }

  private open(): string[] {
    return [...this.accepted.keys()].filter((id) => !this.ended.has(id));
  }

  private async signIn(gateway: GatewayProcess): Promise<[GatewayClient, GatewayClient]> {
    return [await GatewayClient.signIn(gateway.url, 'ada'), await GatewayClient.signIn(gateway.url, 'worker')];
  }

  /** Submits and reports until the gateway dies; only what was answered 201 counts as accepted. */
  private async work(gateway: GatewayProcess, mode: KillMode): Promise<void> {
    try {
      const [ada, worker] = await this.signIn(gateway);
      for (const id of this.open()) await this.advance(id, ada, worker);
      while (gateway.alive && this.open().length < ACTIVE_JOBS) await this.submit(ada);
      if (mode === 'after-201') {
        await this.submit(ada);
        await pause(this.random.between(0, 100));
        return;
      }
      while (gateway.alive) for (const id of this.open()) await this.advance(id, ada, worker);
    } catch (error) {
      // a connection breaks a moment before the end of its process is heard of
      if (!(await gateway.endsWithin(2000))) throw error;
    }
  }

  private async submit(ada: GatewayClient): Promise<void> {
    const job = await this.create(ada, ++this.sequence);
    this.accepted.set(job.id, job.jobType);
  }

  private create(ada: GatewayClient, sequence: number): Promise<Job> {
    switch (sequence % 4) {
      case 0:
        return ada.upload('pdf-notes', `report-${sequence}.pdf`, this.pdf);
      case 1:
        return ada.upload('file-digest', `data-${sequence}.bin`, new Uint8Array(this.random.between(1, 2_000_000)).fill(sequence));
      case 2:
        return ada.create({ jobType: 'simulate', input: { steps: this.random.between(2, 40), delayMs: 25 } });
      default:
        return ada.create({ jobType: 'external', id: `external-${sequence}` });
    }
  }

  /** Looks at a job; of an external one the worker here reports the next step, resuming from the attempt it is told. */
  private async advance(id: string, ada: GatewayClient, worker: GatewayClient): Promise<void> {
    const job = await ada.job(id);
    if (!job) return;
    if (job.status !== 'queued' && job.status !== 'processing') this.ended.add(id);
    else if (job.jobType === 'external') await this.reportNext(job, worker);
  }

  private async reportNext(job: Job, worker: GatewayClient): Promise<void> {
    const current = (job.progress?.current ?? 0) + 1;
    const sequence = job.version + 1;
    const report = { attempt: job.attempt, sequence, progress: { current, total: 12, message: `Step ${current}` } };
    await worker.report(job.id, current < 12 ? report : { ...report, status: 'completed', result: { steps: 12 } });
  }

  private async verdict(ada: GatewayClient) {
    const accepted: Record<string, number> = {};
    const sums = { missing: 0, stuck: 0, brokenResults: 0, completed: 0, markedLost: 0, failedOtherwise: 0, newAttempts: 0 };
    for (const [id, type] of this.accepted) {
      accepted[type] = (accepted[type] ?? 0) + 1;
      const job = await ada.job(id);
      if (!job) {
        sums.missing++;
        continue;
      }
      if (job.attempt > 1) sums.newAttempts++;
      if (job.status === 'completed') sums.completed++;
      else if (jobFailureCode(job) === 'worker-lost') sums.markedLost++;
      else if (job.status === 'failed') sums.failedOtherwise++;
      else sums.stuck++;
      if (job.status === 'completed' && type === 'pdf-notes' && !(await this.isWhole(ada, id))) sums.brokenResults++;
    }
    return { accepted, ...sums };
  }

  private async isWhole(ada: GatewayClient, id: string): Promise<boolean> {
    const notes = new TextDecoder().decode(await ada.result(id));
    return notes.includes('Here ends the sample');
  }
}
