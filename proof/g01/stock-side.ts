import type { Job } from '@harmonia/contract';
import { decide, type ChangeOutcome, type JobChange, type JobRecord } from '@harmonia/job-engine';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TcpLink } from '../rig/tcp-link.ts';
import { roles, type Role, type Side } from './side.ts';
import type { Stage } from './stage.ts';
import type { Told } from './stock-event.ts';
import { StockSpectator } from './stock-spectator.ts';

const AGAIN_MS = 50;

/**
 * The stock way: a table of jobs that never fails, here in memory; what changes there is handed to a gateway, which tells it as the
 * integration guide does; `@socket.io/redis-streams-adapter` tells the other gateway, and connection state recovery whoever was away.
 */
export async function stock(stage: () => Stage, users: readonly string[]): Promise<Side> {
  const table = new Map<string, JobRecord>();
  const jobs = () => [...table.values()].map(({ job }) => job);
  const teller = new Teller(stage);
  return {
    apply: (changes) => Promise.resolve(changes.map((change) => applied(table, change, (told) => teller.tell(told)))),
    readAll: () => Promise.resolve(jobs()),
    stream: 'socket.io',
    env: { TABLE_URL: await served(jobs) },
    cast: [
      ...users.flatMap((user) => roles(user, 'list', 4, true)),
      ...users.flatMap((user) => roles(user, 'details', 5, true)),
      ...roles('ada', 'list', 1, true).map((role) => ({ ...role, name: 'ada-plain-list-5' })),
    ],
    open: (role: Role, link: TcpLink) => Promise.resolve(new StockSpectator(role, link)),
  };
}

/** Decides as Harmonia does, and writes it into the table. */
function applied(table: Map<string, JobRecord>, change: JobChange, tell: (told: Told) => void): ChangeOutcome {
  const id = change.kind === 'created' ? change.job.id : 'id' in change ? change.id : '';
  const decision = decide({ record: table.get(id), tombstone: undefined }, change, Date.now());
  if (decision.result === 'refused' || decision.result === 'ignored') return { ...decision, epoch: '' };
  if (decision.result === 'unchanged') return { ...decision, epoch: '' };
  const userId = table.get(id)?.job.userId ?? '';
  if (decision.record) table.set(id, decision.record);
  else table.delete(id);
  tell(decision.record ? { kind: decision.event.kind, job: decision.record.job } : { kind: 'removed', id, userId });
  return { ...decision, epoch: '' };
}

/** Hands what happened to a gateway, in order; to another one when that does not answer. */
class Teller {
  private readonly waiting: Told[] = [];
  private isTelling = false;
  private turn = 0;
  private readonly stage: () => Stage;

  constructor(stage: () => Stage) {
    this.stage = stage;
  }

  tell(told: Told): void {
    this.waiting.push(told);
    if (!this.isTelling) void this.tellAll();
  }

  private async tellAll(): Promise<void> {
    this.isTelling = true;
    while (this.waiting.length > 0) {
      const told = this.waiting.slice();
      if (await this.toldBy(told)) this.waiting.splice(0, told.length);
      else await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    this.isTelling = false;
  }

  private async toldBy(told: readonly Told[]): Promise<boolean> {
    const { nodes } = this.stage();
    const node = nodes[this.turn++ % nodes.length];
    try {
      const answer = await fetch(`http://127.0.0.1:${node?.port}/tell`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(told),
        signal: AbortSignal.timeout(1000),
      });
      return answer.ok;
    } catch {
      return false;
    }
  }
}

/** Serves the table to the gateways. */
async function served(jobs: () => readonly Job[]): Promise<string> {
  const server = createServer((_request, response) => response.end(JSON.stringify(jobs())));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
