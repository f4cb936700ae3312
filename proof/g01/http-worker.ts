import type { ReportAnswer } from '@harmonia/contract';
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../rig/random.ts';
import type { TcpLink } from '../rig/tcp-link.ts';
import { tokenOf } from '../rig/token.ts';
import type { Workload } from './workload.ts';

const STEPS = 12;
const PATIENCE_MS = 1500;

/**
 * A worker elsewhere, which reports over HTTP through a link that breaks: it repeats a report until it is answered, and goes on from
 * where the answer says that the job is [R4].
 */
export class HttpWorker {
  /** How many of its reports changed a job. */
  events = 0;
  private isOver = false;
  private jobs = 0;
  private working = Promise.resolve();
  private readonly link: TcpLink;
  private readonly workload: Workload;
  private readonly random: Random;
  private readonly users: readonly string[];

  constructor(link: TcpLink, workload: Workload, random: Random, users: readonly string[]) {
    this.link = link;
    this.workload = workload;
    this.random = random;
    this.users = users;
  }

  start(): void {
    this.working = this.goOn();
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.working;
  }

  /** What is done to its link, until it is stopped; tells of each. */
  async breakLink(random: Random, count: (kind: string) => void): Promise<void> {
    while (!this.isOver) {
      await pause(random.between(300, 1500));
      if (random.next() < 0.5) {
        count('worker-cut');
        this.link.cut();
        continue;
      }
      // what it says is heard, and the answer is lost
      count('worker-answer-lost');
      this.link.weather = { blackHole: 'to-client' };
      await pause(random.between(50, 500));
      this.link.cut();
      this.link.weather = {};
    }
  }

  private async goOn(): Promise<void> {
    const userOf = () => this.users[this.jobs % this.users.length] ?? '';
    while (!this.isOver) await this.workOn(`http-${++this.jobs}`, userOf());
  }

  private async workOn(id: string, userId: string): Promise<void> {
    let [attempt, sequence, step] = [1, 1, 1];
    while (!this.isOver && step <= STEPS) {
      await pause(this.random.between(5, 40));
      if (this.workload.isHushed) continue;
      const progress = { current: step, total: STEPS, message: `Step ${step}` };
      const end = step === STEPS ? { status: 'completed' as const, result: { steps: STEPS } } : {};
      const answer = await this.say(id, { userId, attempt, sequence, progress, ...end });
      if (answer === null) continue;
      if (!answer.accepted && answer.reason === 'latched') return;
      if (answer.accepted) this.noteAccepted(id, answer, step === STEPS);
      [attempt, sequence] = [answer.attempt, answer.sequence + 1];
      step = answer.accepted ? step + 1 : step;
    }
  }

  private noteAccepted(id: string, { attempt, version, epoch }: ReportAnswer, isEnd: boolean): void {
    this.events++;
    if (isEnd) this.workload.noteEnd(id, { status: 'completed', attempt, version, result: JSON.stringify({ steps: STEPS }) }, epoch);
  }

  /** Null: it was not answered, so it is not known what became of it. */
  private async say(id: string, report: object): Promise<ReportAnswer | null> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.link.port}/api/jobs/${id}/reports`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${tokenOf('worker', { scope: 'jobs:report' })}` },
        body: JSON.stringify(report),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return answer.ok ? ((await answer.json()) as ReportAnswer) : null;
    } catch {
      return null;
    }
  }
}
