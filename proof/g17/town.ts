import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../test-processes/free-port.ts';
import { GatewayProcess, type GatewayOptions } from '../rig/gateway-process.ts';
import type { Random } from '../rig/random.ts';
import { tokenOf } from '../rig/token.ts';
import { GROUPS, Person, type Wiretap } from './person.ts';

/** What the nodes said of who is there, compared with who is. */
export interface Census {
  checks: number;
  /** Somebody was still shown 30 s after they went. */
  ghosts: number;
  /** Somebody was not shown by a node that had had two beats to learn of them. */
  missing: number;
  /** How long it took until no node showed somebody who had gone, ms. */
  readonly vanished: number[];
}

const GHOST_MS = 30_000;

interface TownNode {
  gateway: GatewayProcess;
  startedAt: number;
}

/** People who come to nodes and go, and nodes that are killed under them. */
export class Town {
  readonly people = new Set<Person>();
  readonly wiretap: Wiretap = { frames: 0, leaks: 0 };
  readonly census: Census = { checks: 0, ghosts: 0, missing: 0, vanished: [] };
  kills = 0;
  joined = 0;
  private readonly nodes: TownNode[] = [];
  private readonly options: Omit<GatewayOptions, 'port'>;
  private readonly random: Random;
  private readonly settledAfterMs: number;

  /** @param settledAfterMs after so long every node knows of everybody */
  constructor(options: Omit<GatewayOptions, 'port'>, random: Random, settledAfterMs: number) {
    this.options = options;
    this.random = random;
    this.settledAfterMs = settledAfterMs;
  }

  get urls(): readonly string[] {
    return this.nodes.map(({ gateway }) => gateway.url);
  }

  async open(count: number): Promise<void> {
    const open = async () => ({ gateway: await GatewayProcess.start({ ...this.options, port: await freePort() }), startedAt: Date.now() });
    this.nodes.push(...(await Promise.all(Array.from({ length: count }, open))));
  }

  async close(): Promise<void> {
    this.people.forEach((person) => person.leave());
    await Promise.all(this.nodes.map(({ gateway }) => gateway.kill()));
  }

  /** Somebody comes, to any node, of any group or of none. */
  async welcome(): Promise<void> {
    const group = this.random.pick([...GROUPS, null]) ?? null;
    const id = `${group ?? 'stranger'}-${++this.joined}`;
    const url = this.random.pick(this.urls) ?? '';
    const person = await Person.join({ url, id, group, isPlain: this.random.next() < 0.5 }, this.wiretap);
    if (!person) return;
    this.people.add(person);
    await person.look();
  }

  /** Somebody goes. */
  sayGoodbye(): void {
    this.random.pick([...this.people].filter(({ goneAt }) => goneAt === null))?.leave();
  }

  /** SIGKILL for one node, which is started anew at the same address. */
  async strike(): Promise<void> {
    const node = this.random.pick(this.nodes);
    if (!node) return;
    this.kills++;
    await node.gateway.kill();
    node.startedAt = Infinity;
    node.gateway = await GatewayProcess.start({ ...this.options, port: node.gateway.port });
    node.startedAt = Date.now();
  }

  /** Asks every node who is online, and compares. */
  async count(): Promise<void> {
    const asked = Date.now();
    const shown = (await Promise.all(this.nodes.map((node) => onlineAt(node)))).filter((online) => online !== null);
    for (const person of this.people) {
      const { goneAt, joinedAt, id } = person;
      const isShown = shown.some(({ ids }) => ids.has(id));
      this.census.checks += shown.length;
      if (goneAt === null) {
        const grown = shown.filter(({ since }) => Math.max(since, joinedAt) + this.settledAfterMs < asked);
        this.census.missing += grown.filter(({ ids }) => !ids.has(id)).length;
      } else if (goneAt < asked && !isShown && shown.length >= this.nodes.length - 1) {
        this.census.vanished.push(asked - goneAt);
        this.people.delete(person);
      } else if (isShown && asked - goneAt > GHOST_MS) this.census.ghosts++;
    }
  }

  /** Until nobody who went is shown anywhere, but no longer than a ghost may take. */
  async settle(): Promise<void> {
    const deadline = Date.now() + GHOST_MS;
    while ([...this.people].some(({ goneAt }) => goneAt !== null) && Date.now() < deadline) {
      await this.count();
      await pause(100);
    }
    const left = [...this.people].filter(({ goneAt }) => goneAt !== null);
    this.census.ghosts += left.length;
  }

  /** Whether each group sees on its job exactly those of it who are there and take part, from whichever node. */
  async wrongViews(): Promise<number> {
    const watching = [...this.people].filter(({ isWatching, goneAt }) => isWatching && goneAt === null);
    let wrong = 0;
    for (const person of watching) {
      const should = watching.filter(({ group }) => group === person.group).map(({ id }) => id);
      const sees = await person.sees();
      if ([...sees].sort().join() !== should.sort().join()) wrong++;
    }
    return wrong;
  }
}

async function onlineAt({ gateway, startedAt }: TownNode): Promise<{ readonly ids: ReadonlySet<string>; readonly since: number } | null> {
  try {
    const headers = { authorization: `Bearer ${tokenOf('root', { roles: ['admin'] })}` };
    const answer = await fetch(`${gateway.url}/api/presence`, { headers });
    const { users } = (await answer.json()) as { readonly users: readonly { readonly userId: string }[] };
    return { ids: new Set(users.map(({ userId }) => userId)), since: startedAt };
  } catch {
    return null; // it is being killed
  }
}
