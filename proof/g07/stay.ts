import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../rig/random.ts';
import { askOverHttp, SessionSocket } from '../rig/session-socket.ts';
import { tokenOf } from '../rig/token.ts';

/** What came of one session, from when it was let in to its end. */
export interface Stay {
  readonly tokens: number;
  readonly refreshes: number;
  /** From the end of its last token until its connection was gone, ms; below 0: it was closed too early. */
  readonly lateMs: number;
  /** How often a token that had ended was let in. */
  readonly admitted: number;
  readonly events: number;
  readonly lost: number;
  /** Whatever was otherwise than it should be, in words. */
  readonly faults: readonly string[];
}

const worker = tokenOf('worker', { scope: 'jobs:report' });
/** For so long before its end nothing is reported, and what was has to be there, ms. */
const QUIET_MS = 500;

const endAfter = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

/** Somebody who watches a job while it is worked on, and renews the session some times before it ends. */
export class Visitor {
  private readonly url: string;
  private readonly random: Random;
  private readonly userId: string;
  private readonly jobId: string;
  private readonly isPlain: boolean;
  private readonly mostRenewals: number;
  private readonly faults: string[] = [];
  private readonly used: string[] = [];
  private end = endAfter(3);
  private isWatching = true;

  constructor(url: string, random: Random, number: number, mostRenewals: number) {
    this.mostRenewals = mostRenewals;
    this.url = url;
    this.random = random;
    this.userId = `visitor-${number}`;
    this.jobId = `job-${number}`;
    this.isPlain = random.next() < 0.5;
  }

  async stay(): Promise<Stay> {
    const socket = await SessionSocket.open(this.url, this.firstToken(), this.isPlain);
    if (typeof socket === 'string') return this.outcome(0, 0, 0, [], [`was refused at first: ${socket}`]);
    await this.watch(socket);
    const working = this.work();
    const refreshes = await this.renew(socket);
    await pause(Math.max(0, this.end * 1000 - QUIET_MS - Date.now()));
    this.isWatching = false;
    await working;
    const known = await this.knownTo(socket);
    const { code, at } = await socket.closed;
    if (code !== 'token-expired') this.faults.push(`was closed with ${code}`);
    const versions = socket.versions.get(this.jobId) ?? [];
    if (socket.lagged > 0) this.faults.push('was told that it lagged');
    return this.outcome(refreshes, at - this.end * 1000, await this.knock(), versions, [], known);
  }

  private firstToken(): string {
    const token = tokenOf(this.userId, { exp: this.end });
    this.used.push(token);
    return token;
  }

  private async watch(socket: SessionSocket): Promise<void> {
    const [token = ''] = this.used;
    const created = await askOverHttp(this.url, token, 'POST', '/api/jobs', { jobType: 'external', id: this.jobId });
    const { jobId } = this;
    const watched = await (this.isPlain
      ? socket.ask('job:subscribe', { jobId })
      : socket.ask('jobs:sync', { epoch: null, jobs: { [jobId]: 0 } }));
    if (created.outcome !== 'ok' || watched !== 'ok') this.faults.push(`could not watch: ${created.outcome}, ${watched}`);
  }

  private async work(): Promise<void> {
    for (let sequence = 1; this.isWatching; sequence++) {
      const report = { attempt: 1, sequence, progress: { current: sequence, total: 1000 } };
      await askOverHttp(this.url, worker, 'POST', `/api/jobs/${this.jobId}/reports`, report);
      await pause(this.random.between(20, 80));
    }
  }

  /** The version that the socket has to have been told of; 0 when it was closed meanwhile, on a busy machine. */
  private async knownTo(socket: SessionSocket): Promise<number> {
    const { said } = await askOverHttp(this.url, tokenOf(this.userId), 'GET', `/api/jobs/${this.jobId}`);
    await pause(100);
    return socket.isOpen ? (said.version ?? Infinity) : 0;
  }

  private async renew(socket: SessionSocket): Promise<number> {
    const times = this.random.between(0, this.mostRenewals);
    for (let time = 0; time < times; time++) {
      await pause(this.random.between(0, Math.max(0, this.end * 1000 - Date.now() - QUIET_MS)));
      if (this.random.next() < 0.3) await this.tryAnothers(socket);
      const end = Math.max(this.end + 1, endAfter(this.random.between(2, 3)));
      const token = tokenOf(this.userId, { exp: end });
      const answer = await socket.ask('auth:refresh', { token });
      // on a busy machine it may come too late
      if (answer !== 'ok' && Date.now() >= this.end * 1000) return time;
      if (answer !== 'ok') this.faults.push(`a renewal was refused: ${answer}`);
      this.end = end;
      this.used.push(token);
    }
    return times;
  }

  private async tryAnothers(socket: SessionSocket): Promise<void> {
    const answer = await socket.ask('auth:refresh', { token: tokenOf('somebody-else') });
    if (answer !== 'token-invalid' && socket.isOpen) this.faults.push(`the token of another was answered: ${answer}`);
  }

  /** With every token that has ended, at both doors. */
  private async knock(): Promise<number> {
    let admitted = 0;
    for (const token of this.used) {
      const socket = await SessionSocket.open(this.url, token, this.isPlain);
      if (typeof socket !== 'string') socket.close();
      const { outcome } = await askOverHttp(this.url, token, 'GET', '/api/jobs');
      for (const said of [typeof socket === 'string' ? socket : 'ok', outcome]) {
        if (said === 'ok') admitted++;
        else if (said !== 'token-expired') this.faults.push(`a token that had ended was answered: ${said}`);
      }
    }
    return admitted;
  }

  /** A plain client is told every version, any other the newest at least. */
  private outcome(
    refreshes: number,
    lateMs: number,
    admitted: number,
    versions: readonly number[],
    faults: readonly string[],
    known = 0,
  ): Stay {
    const [last = 0, first = 0] = [Math.max(0, ...versions), versions[0] ?? 0];
    const gaps = this.isPlain ? last - first + 1 - new Set(versions).size : 0;
    const lost = Math.max(0, gaps) + Math.max(0, Math.min(known, 1e6) - last);
    return { tokens: this.used.length, refreshes, lateMs, admitted, events: versions.length, lost, faults: [...this.faults, ...faults] };
  }
}
