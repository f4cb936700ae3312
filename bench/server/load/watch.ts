import type { Client } from './client.ts';
import type { JobNews } from './news.ts';

/** What viewers watch, and in which words: those of the protocol (`jobs:sync` [S5]) or those of the guide. */
export type Watch =
  /** All jobs, those of the viewer's own user, or nothing yet. */
  | { readonly kind: 'all' | 'user' | 'none'; readonly words: Words }
  | { readonly kind: 'jobs'; readonly words: Words; readonly ids: readonly (readonly string[])[]; readonly changing: Changing };

/** The watches that viewers change, besides those that they keep. */
export interface Changing {
  /** By viewer; it goes round in its pool, `atOnce` jobs at a time. */
  readonly pools: readonly (readonly string[])[];
  readonly atOnce: number;
  /** How often some viewer changes one. */
  readonly perSecond: number;
}

/** `ask` is the guide's words with an acknowledgement. */
export type Words = 'sync' | 'guide' | 'ask';

type Learn = (news: JobNews) => void;

/** Watches, and waits until the server has answered; what it answers is learned. */
export async function watch(client: Client, wanted: Watch, index: number, learn: Learn): Promise<void> {
  if (wanted.kind === 'none') return;
  const ids = wanted.kind === 'jobs' ? [...(wanted.ids[index] ?? []), ...changingOf(wanted.changing, index, 0)] : [];
  if (wanted.words === 'sync') return declare(client, ids, listsOf(wanted), learn);
  if (wanted.words === 'ask') return void (await client.ask(`jobs:subscribe:${wanted.kind}`));
  // the guide's server acknowledges nothing; what it does next comes after
  if (wanted.kind !== 'jobs') client.say(`jobs:subscribe:${wanted.kind}`);
  ids.forEach((jobId) => client.say('job:subscribe', { jobId }));
}

/** Another job in place of one: as the library does it, or as the guide does. */
export async function turn(client: Client, wanted: Watch, index: number, turns: number, learn: Learn): Promise<void> {
  if (wanted.kind !== 'jobs') return;
  const now = changingOf(wanted.changing, index, turns);
  if (wanted.words === 'sync') return declare(client, [...(wanted.ids[index] ?? []), ...now], {}, learn);
  const [left] = changingOf(wanted.changing, index, turns - 1);
  client.say('job:unsubscribe', { jobId: left });
  client.say('job:subscribe', { jobId: now.at(-1) });
}

function changingOf({ pools, atOnce }: Changing, index: number, turns: number): readonly string[] {
  const pool = pools[index] ?? [];
  return Array.from({ length: atOnce }, (_, place) => pool[(turns + place) % pool.length] ?? '');
}

const listsOf = ({ kind }: Watch): object => (kind === 'all' || kind === 'user' ? { [kind]: null } : {});

/** Declares all watches of a client [S5]. */
async function declare(client: Client, ids: readonly string[], lists: object, learn: Learn): Promise<void> {
  const jobs = Object.fromEntries(ids.map((id) => [id, 0]));
  const answer = (await client.ask('jobs:sync', { epoch: null, jobs, ...lists })) as SyncAnswer;
  if (!answer.ok) throw new Error(`The server refused a sync: ${JSON.stringify(answer)}`);
  const { data } = answer;
  [...listed(data.jobs), ...listed(data.all?.jobs ?? [])].forEach((job) => learn({ ...job, isEnd: false }));
}

/** A long list comes as the bytes of its JSON. */
const listed = (jobs: readonly Known[] | Buffer): readonly Known[] => (Buffer.isBuffer(jobs) ? JSON.parse(jobs.toString()) : jobs);

interface SyncAnswer {
  readonly ok: boolean;
  readonly data: { readonly jobs: readonly Known[]; readonly all?: { readonly jobs: readonly Known[] | Buffer } };
}

type Known = Omit<JobNews, 'isEnd'>;
