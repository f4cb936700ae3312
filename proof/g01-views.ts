import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bundleProgram, type Mutation } from '../test-processes/program.ts';
import type { CampaignFigures, CampaignOptions } from './g01/campaign.ts';
import type { Figures, ProofOptions } from './proof.ts';

const GATEWAY = new URL('./rig/gateway.program.ts', import.meta.url);
const STOCK = new URL('./g01/stock.program.ts', import.meta.url);
const VIEWS = new URL('./g01/views.program.ts', import.meta.url);
/** What has to be compiled anew for Angular to run outside a page. */
const INLINE = ['@angular/', '@ngrx/', 'rxjs', 'tslib'];
/** How long one seed lasts, so that a longer proof is one of several seeds. */
const SEED_SECONDS = 20;

/** What [G1] owes, over all its seeds. */
export interface ViewsFigures extends Figures {
  readonly promise: 'G1' | 'stock';
  readonly seeds: readonly number[];
  readonly faults: number;
  readonly faultsByKind: Readonly<Record<string, number>>;
  readonly events: number;
  readonly viewsCompared: number;
  readonly mismatches: number;
  readonly lostTerminals: number;
  /** Ends that were accepted, and that the store has no longer. */
  readonly undoneEnds: number;
  /** Ends of which a page was told twice. */
  readonly endsToldTwice: number;
  /** Clients that were not let in again within 45 s after the last fault. */
  readonly strandedClients: number;
  /** From the first handshake or the first delivered byte until everything was right. */
  readonly convergeMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** How often gateways brought their sockets up to date, in whatever fault. */
  readonly repairs: number;
  /** The first differences, when there are any. */
  readonly differences?: readonly object[];
}

/**
 * [G1] Two gateways, a Redis and dozens of real clients, to which everything that breaks in networks and processes is done: every
 * job that is watched looks as in the store within five seconds, and no end is lost.
 */
export function proveViews(options: ProofOptions): Promise<ViewsFigures> {
  return campaigns('harmonia', options);
}

/** The same faults done to what Socket.IO has for this: the adapter over a Redis stream, with connection state recovery. */
export async function tryStock(options: ProofOptions): Promise<ViewsFigures> {
  // it is no promise of Harmonia's
  return { ...(await campaigns('stock', options)), broken: false };
}

async function campaigns(side: CampaignOptions['side'], { seed, seconds }: ProofOptions): Promise<ViewsFigures> {
  const started = Date.now();
  const rounds = Math.max(1, Math.round(seconds / SEED_SECONDS));
  const played: CampaignFigures[] = [];
  for (let round = 0; round < rounds; round++) played.push(await runCampaign({ side, seed: seed + round, seconds: seconds / rounds }));
  return summed(side, played, Date.now() - started);
}

/** Runs a campaign in a process of its own; `mutations` make mutants of the gateways and of the clients alike. */
export async function runCampaign(
  options: Omit<CampaignOptions, 'program'>,
  mutations: readonly Mutation[] = [],
): Promise<CampaignFigures> {
  const without = (folder: string) => mutations.filter(({ file }) => !file.startsWith(folder));
  const views = await bundleProgram(VIEWS, { mutations: without('libs/gateway/'), inline: INLINE });
  const program = await gatewayOf(options.side, without('libs/data-access/'));
  const child = spawn(process.execPath, ['--enable-source-maps', views, JSON.stringify({ ...options, program })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`The campaign with seed ${options.seed} ended with ${String(status)}.`);
  // the program is ours: it says what Campaign.run answers
  return JSON.parse(said) as CampaignFigures;
}

/** The built gateway, but for mutants, which are built of the libraries alone. */
async function gatewayOf(side: CampaignOptions['side'], mutations: readonly Mutation[]) {
  if (side === 'stock') return bundleProgram(STOCK);
  return mutations.length > 0 ? bundleProgram(GATEWAY, { mutations }) : undefined;
}

/** Whether a campaign saw the promise broken. */
export function isBroken({ verdict, undoneEnds, endsToldTwice, strandedClients }: CampaignFigures): boolean {
  return verdict.mismatches + verdict.lostTerminals + undoneEnds + endsToldTwice + strandedClients > 0;
}

function summed(side: CampaignOptions['side'], campaigns: readonly CampaignFigures[], ms: number): ViewsFigures {
  const sum = (figure: (campaign: CampaignFigures) => number) => campaigns.reduce((total, campaign) => total + figure(campaign), 0);
  const faultsByKind: Record<string, number> = {};
  for (const [kind, count] of campaigns.flatMap(({ faults }) => Object.entries(faults)))
    faultsByKind[kind] = (faultsByKind[kind] ?? 0) + count;
  const converged = campaigns.flatMap(({ verdict }) => verdict.convergedIn).sort((a, b) => a - b);
  const differences = campaigns.flatMap(({ verdict }) => verdict.differences);
  return {
    promise: side === 'stock' ? side : 'G1',
    broken: campaigns.some(isBroken),
    seconds: Math.round(ms / 1000),
    seeds: campaigns.map(({ seed }) => seed),
    faults: Object.values(faultsByKind).reduce((total, count) => total + count, 0),
    faultsByKind,
    events: sum(({ events }) => events),
    viewsCompared: sum(({ verdict }) => verdict.viewsCompared),
    mismatches: sum(({ verdict }) => verdict.mismatches),
    lostTerminals: sum(({ verdict }) => verdict.lostTerminals),
    undoneEnds: sum(({ undoneEnds }) => undoneEnds),
    endsToldTwice: sum(({ endsToldTwice }) => endsToldTwice),
    strandedClients: sum(({ strandedClients }) => strandedClients),
    convergeMs: { p50: quantile(converged, 0.5), p99: quantile(converged, 0.99), max: converged.at(-1) ?? 0 },
    repairs: sum(({ repairs }) => repairs),
    ...(side === 'harmonia' && differences.length > 0 && { differences }),
  };
}

const quantile = (sorted: readonly number[], part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
