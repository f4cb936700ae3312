import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CalledProgram } from '../test-processes/called-program.ts';
import { freePort } from '../test-processes/free-port.ts';
import { bundleProgram, type Mutation } from '../test-processes/program.ts';
import { Visitor, type Stay } from './g07/stay.ts';
import type { PagesOutcome } from './g07/pages.program.ts';
import type { Figures, ProofOptions } from './proof.ts';
import { GatewayProcess } from './rig/gateway-process.ts';
import { quantile } from './rig/quantile.ts';
import { Random } from './rig/random.ts';
import { SECRET } from './rig/token.ts';

/** What the campaign prints. */
export interface ExpiryFigures extends Figures, PagesOutcome {
  readonly promise: 'G7';
  readonly seed: number;
  readonly sessions: number;
  readonly tokens: number;
  readonly refreshes: number;
  /** From the end of the last token of a session until its connection was gone. */
  readonly lateMs: { readonly p50: number | null; readonly p99: number | null; readonly most: number };
  readonly closedEarly: number;
  readonly admittedAfterExpiry: number;
  readonly events: number;
  readonly eventsLostOnRefresh: number;
  /** Whatever was otherwise than promised, in words. */
  readonly faults: readonly string[];
}

const PROMISED_MS = 2000;
const AT_ONCE = 20;
/** Whole pages of the library beside them, whose tokens last for three to four seconds. */
const PAGES = 10;
/** No stay is longer: three renewals of three seconds each. */
const LONGEST_MS = 13_000;

/**
 * [G7] Sessions end with their tokens: people watch jobs that are worked on, renew their sessions in place or do not, and are
 * gone within 2 s of the end of their last token, over HTTP at once. Whoever renewed has lost nothing, and pages of the library
 * renew by themselves: they stay live.
 */
export async function proveExpiry({ seed, seconds }: ProofOptions, mutations: readonly Mutation[] = []): Promise<ExpiryFigures> {
  const started = Date.now();
  const dataDir = await mkdtemp(join(tmpdir(), 'harmonia-g07-'));
  const program = await bundleProgram(new URL('./g07/node.program.ts', import.meta.url), { mutations });
  const gateway = await GatewayProcess.start({ dataDir, port: await freePort(), env: { JWT_SECRET: SECRET }, program });
  const pages = await CalledProgram.start(new URL('./g07/pages.program.ts', import.meta.url));
  try {
    await pages.call('open', { url: gateway.url, count: PAGES });
    const deadline = Date.now() + Math.max(1000, seconds * 1000 - LONGEST_MS / 2);
    const stays = await visit(gateway.url, new Random(seed), deadline, seconds < LONGEST_MS / 1000 ? 1 : 3);
    const ofPages = await pages.call<PagesOutcome>('outcome');
    const late = stays.map(({ lateMs }) => lateMs);
    const sum = (of: (stay: Stay) => number) => stays.reduce((total, stay) => total + of(stay), 0);
    const figures = {
      sessions: stays.length,
      tokens: sum(({ tokens }) => tokens),
      refreshes: sum(({ refreshes }) => refreshes),
      lateMs: { p50: quantile(late, 0.5), p99: quantile(late, 0.99), most: Math.max(...late) },
      closedEarly: late.filter((ms) => ms < 0).length,
      admittedAfterExpiry: sum(({ admitted }) => admitted),
      events: sum(({ events }) => events),
      eventsLostOnRefresh: sum(({ lost }) => lost),
      ...ofPages,
      faults: [...new Set(stays.flatMap(({ faults }) => faults))].slice(0, 10),
    };
    const { lateMs, closedEarly, admittedAfterExpiry, eventsLostOnRefresh, faults, refreshes } = figures;
    const isWrong =
      lateMs.most > PROMISED_MS ||
      closedEarly + admittedAfterExpiry + eventsLostOnRefresh + ofPages.pagesThatReconnected + faults.length > 0;
    return { promise: 'G7', seed, ...figures, seconds: Math.round((Date.now() - started) / 1000), broken: isWrong || refreshes === 0 };
  } finally {
    await pages.stop();
    await gateway.kill();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** So many at a time, one after the other. */
async function visit(url: string, random: Random, deadline: number, mostRenewals: number): Promise<readonly Stay[]> {
  const stays: Stay[] = [];
  let number = 0;
  const one = async () => {
    await pause(random.between(0, 500));
    do stays.push(await new Visitor(url, random.branch(), ++number, mostRenewals).stay());
    while (Date.now() < deadline);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return stays;
}
