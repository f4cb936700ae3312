import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '../rig/random.ts';
import { CLIENT_FAULTS, NODE_FAULTS } from './faults.ts';
import { Judge, PROMISED_MS, type Verdict } from './judge.ts';
import { harmonia } from './harmonia-side.ts';
import { HttpWorker } from './http-worker.ts';
import type { Role, Side } from './side.ts';
import type { Spectator } from './spectator.ts';
import { stock } from './stock-side.ts';
import { Stage, type Node } from './stage.ts';
import { Truth } from './truth.ts';
import { Workload } from './workload.ts';

/** What a campaign is started with. */
export interface CampaignOptions {
  readonly seed: number;
  /** How long faults are made. */
  readonly seconds: number;
  readonly side: 'harmonia' | 'stock';
  /** A gateway in place of the built one. */
  readonly program?: string;
  /** Nothing is done to anybody. */
  readonly isCalm?: boolean;
  /** Only these kinds of faults at nodes, in turns; left out: all. */
  readonly nodeFaults?: readonly string[];
  /** Ends as soon as something is wrong. */
  readonly stopsWhenBroken?: boolean;
}

/** What was seen in one campaign. */
export interface CampaignFigures {
  readonly seed: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly events: number;
  readonly verdict: Verdict;
  /** Ends that were accepted, and that the store has no longer or otherwise. */
  readonly undoneEnds: number;
  /** Ends that a page was told of twice. */
  readonly endsToldTwice: number;
  /** Clients that were never let in again. */
  readonly strandedClients: number;
  /** How often gateways brought their sockets up to date. */
  readonly repairs: number;
}

const USERS = ['ada', 'grace', 'linus'] as const;
const CHANGES_A_SECOND = 1200;
const SETTLE_MS = 45_000;
/** Every so often a person may do something, and does in so many of these cases. */
const ACT_MS = 1000;
const ACTS = 0.3;
/** After so many faults of nodes nothing happens that would heal a view by chance. */
const HUSHES = 0.4;

/** One seed: two gateways, many clients, faults everywhere, and a judge who looks all the time. */
export class Campaign {
  private readonly random: Random;
  private readonly faults: Record<string, number> = {};
  private readonly spectators: Spectator[] = [];
  /** What is being done to nodes, and which clients feel it. */
  private readonly atNodes = new Map<Node, Set<{ readonly feel: (spectator: Spectator) => void }>>();
  private isOver = false;
  private isHushed = false;
  private readonly options: CampaignOptions;
  private readonly stage: Stage;
  private readonly truth: Truth;
  private readonly workload: Workload;
  private worker: HttpWorker | null = null;
  private readonly judge: Judge;
  private readonly side: Side;

  private constructor(options: CampaignOptions, stage: Stage, side: Side) {
    this.options = options;
    this.stage = stage;
    this.side = side;
    this.random = new Random(options.seed);
    this.truth = new Truth(side.readAll);
    this.judge = new Judge(this.truth);
    this.workload = new Workload(side.apply, this.truth, USERS, this.random.branch(), CHANGES_A_SECOND);
  }

  static async run(options: CampaignOptions): Promise<CampaignFigures> {
    const stage = await Stage.build(options.program);
    try {
      const side = options.side === 'stock' ? await stock(() => stage, USERS) : harmonia(stage.redis.url, USERS);
      await stage.open(side.env);
      return await new Campaign(options, stage, side).play();
    } finally {
      await stage.end();
    }
  }

  private async play(): Promise<CampaignFigures> {
    await this.truth.look();
    this.workload.start();
    await pause(500);
    for (const role of this.side.cast) await this.open(role);
    if (this.options.side === 'harmonia') await this.openWorker();
    this.judge.askAll('the beginning');
    this.judge.start();
    const deadline = Date.now() + this.options.seconds * 1000;
    const breaking = this.options.isCalm ? [] : this.breakAll();
    while (Date.now() < deadline && !this.isCutShort) await pause(100);
    this.isOver = true;
    await this.worker?.stop();
    await Promise.all(breaking);
    if (!this.isCutShort) await this.settle();
    await this.judge.stop();
    this.spectators.forEach((spectator) => spectator.close());
    return this.figures();
  }

  /** Nothing is done any more, and nothing happens to jobs: now everything has to be exactly so. */
  private async settle(): Promise<void> {
    const deadline = Date.now() + SETTLE_MS;
    await this.until(() => this.judge.allRight, deadline);
    await this.workload.stop();
    await this.truth.look();
    this.judge.askAll('the end');
    await this.until(() => this.judge.allRight, deadline);
    this.workload.audit();
  }

  private async until(holds: () => boolean, deadline: number): Promise<void> {
    while (!holds() && Date.now() < deadline) await pause(50);
  }

  private get isCutShort(): boolean {
    return this.options.stopsWhenBroken === true && this.judge.verdict.mismatches + this.workload.undoneEnds > 0;
  }

  private async open(role: Role): Promise<void> {
    let opened: Spectator | null = null;
    const link = await this.stage.linkToAny(this.random.branch(), (node) => {
      // whoever comes to a node in trouble is in trouble
      if (opened) for (const trouble of this.atNodes.get(node) ?? []) trouble.feel(opened);
    });
    const spectator = await this.side.open(role, link);
    opened = spectator;
    this.spectators.push(spectator);
    this.judge.watch(spectator);
    const random = this.random.branch();
    const look = () => spectator.act(random, this.truth.latest.jobs);
    look();
    setInterval(() => !this.isOver && !this.isHushed && random.next() < ACTS && look(), ACT_MS).unref();
  }

  private async openWorker(): Promise<void> {
    const link = await this.stage.linkToAny(this.random.branch());
    this.worker = new HttpWorker(link, this.workload, this.random.branch(), USERS);
    this.worker.start();
  }

  private breakAll(): Promise<void>[] {
    const link = this.worker?.breakLink(this.random.branch(), (kind) => this.count(kind)) ?? Promise.resolve();
    return [
      link,

      ...this.spectators.map((spectator) => this.breakClient(spectator, this.random.branch())),
      this.breakNodes(this.random.branch()),
    ];
  }

  /** One fault after the other, each as soon as the client has recovered from the one before. */
  private async breakClient(spectator: Spectator, random: Random): Promise<void> {
    const kinds = Object.keys(CLIENT_FAULTS);
    while (!this.isOver) {
      await pause(random.between(50, 900));
      await this.until(() => this.isOver || this.judge.isRight(spectator), Infinity);
      if (this.isOver) return;
      const kind = random.pick(kinds) ?? '';
      const fault = {};
      this.count(kind);
      this.judge.disturb(spectator, fault);
      await CLIENT_FAULTS[kind]?.(spectator.link, random);
      this.judge.calm(spectator, fault, kind);
    }
  }

  private async breakNodes(random: Random): Promise<void> {
    const kinds = this.options.nodeFaults ?? Object.keys(NODE_FAULTS);
    for (let turn = random.between(0, kinds.length - 1); !this.isOver; turn++) {
      await this.unlessOver(random.between(300, 1200));
      if (!this.isOver) await this.breakNode(kinds[turn % kinds.length] ?? '', random);
    }
  }

  private async unlessOver(ms: number): Promise<void> {
    const until = Date.now() + ms;
    await this.until(() => this.isOver || Date.now() >= until, Infinity);
  }

  private async breakNode(kind: string, random: Random): Promise<void> {
    const node = random.pick(this.stage.nodes);
    const fault = NODE_FAULTS[kind];
    if (!node || !fault) return;
    this.count(kind);
    const nodes = fault.concerns === 'all' ? this.stage.nodes : [node];
    const concerned = new Set<Spectator>();
    const trouble = {
      feel: (spectator: Spectator) => {
        concerned.add(spectator);
        this.judge.disturb(spectator, trouble);
      },
    };
    for (const one of nodes) this.atNodes.set(one, new Set([...(this.atNodes.get(one) ?? []), trouble]));
    const ports = nodes.map(({ port }) => port);
    this.spectators.filter(({ link }) => link.upstreams.some((port) => ports.includes(port))).forEach(trouble.feel);
    const hush = random.next() < HUSHES ? () => this.hush() : () => Promise.resolve();
    if (kind === 'redis-rolled-back') this.workload.expectLoss();
    await fault.run({ stage: this.stage, node, random, hush, stream: this.side.stream });
    if (kind === 'redis-rolled-back') await this.forgive();
    for (const one of nodes) this.atNodes.get(one)?.delete(trouble);
    concerned.forEach((spectator) => this.judge.calm(spectator, trouble, kind));
    await this.untilRightOnce(concerned);
    this.isHushed = false;
    this.workload.release();
  }

  /** From now on nothing happens that would heal a view by chance: no job changes, and nobody opens or closes anything. */
  private async hush(): Promise<void> {
    this.isHushed = true;
    this.workload.hold();
    await pause(60);
  }

  /** Client by client; something else may be done to one by then. */
  private async untilRightOnce(concerned: ReadonlySet<Spectator>): Promise<void> {
    const waiting = new Set(concerned);
    const deadline = Date.now() + 3 * PROMISED_MS;
    await this.until(() => {
      for (const one of waiting) if (this.judge.isRight(one) || this.judge.isDisturbed(one)) waiting.delete(one);
      return waiting.size === 0;
    }, deadline);
  }

  private async forgive(): Promise<void> {
    while (!(await this.truth.look())) await pause(20);
    this.workload.forgive();
  }

  private count(kind: string): void {
    this.faults[kind] = (this.faults[kind] ?? 0) + 1;
  }

  private figures(): CampaignFigures {
    return {
      seed: this.options.seed,
      faults: this.faults,
      events: this.workload.events + (this.worker?.events ?? 0),
      verdict: this.judge.verdict,
      undoneEnds: this.workload.undoneEnds,
      endsToldTwice: this.spectators.reduce((sum, { endsToldTwice }) => sum + endsToldTwice, 0),
      repairs: this.stage.repairs,
      // who was cut short may still be on its way
      strandedClients: this.isCutShort ? 0 : this.spectators.filter((spectator) => !this.judge.isRight(spectator)).length,
    };
  }
}
