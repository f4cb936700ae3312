import type { Job } from '@harmonia/contract';
import type { ChangeOutcome, JobEvent, JobScope, JobStore } from '@harmonia/job-engine';
import { isDeepStrictEqual } from 'node:util';
import { Random } from '../rig/random.ts';
import { ClientView } from './client-view.ts';
import { changeOf, IDS, TICK, USERS, type Sequence } from './generated-changes.ts';
import { Party } from './party.ts';

/** How much was compared. */
export interface Compared {
  sequences: number;
  changes: number;
  accepted: number;
  events: number;
  views: number;
}

const PAGE = 100;
/** So many sequences share their stores: few enough for all overdue jobs to be told at once. */
const SHARING = 100;

/**
 * [G4] The same sequences go to SQLite, to Redis and to Redis in four partitions, each through two nodes in turn; what they
 * answer, keep, list, remember and tell must be equal, and so must what a client shows that hears of it.
 */
export class Agreement {
  readonly compared: Compared = { sequences: 0, changes: 0, accepted: 0, events: 0, views: 0 };
  private time = Date.UTC(2026, 10, 21);
  private parties: readonly Party[] = [];
  private readonly clients: readonly ClientView[];
  private readonly redisUrl: string;

  private constructor(redisUrl: string, clients: readonly ClientView[]) {
    this.redisUrl = redisUrl;
    this.clients = clients;
  }

  static async open(redisUrl: string): Promise<Agreement> {
    const clients = [await ClientView.open(), await ClientView.open(), await ClientView.open()];
    return new Agreement(redisUrl, clients);
  }

  /** Takes new stores: the jobs of former sequences are in nobody's way. */
  private async beginAnew(): Promise<void> {
    await this.close();
    const now = () => this.time;
    this.parties = await Promise.all([Party.sqlite(now), Party.redis(this.redisUrl, 1, now), Party.redis(this.redisUrl, 4, now)]);
  }

  async close(): Promise<void> {
    await Promise.all(this.parties.map((party) => party.close()));
    this.parties = [];
  }

  /** @throws Error that says what differs, and between whom */
  async follow({ batches, network }: Sequence): Promise<void> {
    if (this.compared.sequences++ % SHARING === 0) await this.beginAnew();
    const run = `r${this.compared.sequences}-`;
    const inRun = (name: string) => run + name;
    const before = await this.all((store) => store.read([]));
    let told = 0;
    for (const batch of batches) {
      this.time += TICK;
      const changes = batch.map((change) => changeOf(change, inRun, this.time));
      const outcomes = this.agreed('answers', await this.all((store) => store.apply(changes)), (answer) => answer.map(timeless));
      told += outcomes.filter(({ result }) => result === 'accepted').length;
      this.compared.changes += changes.length;
    }
    await this.compareStates(run);
    await this.compareLists(run, before);
    await this.compareNews(run, network, batches.flat().filter(({ kind }) => kind === 'revoked').length, told);
  }

  private async compareStates(run: string): Promise<void> {
    const ids = IDS.map((id) => run + id);
    this.agreed('records', await this.all((store) => store.read(ids)), ({ records }) => ids.map((id) => records.get(id) ?? null));
    for (const id of ids) this.agreed(`history of ${id}`, await this.all((store) => store.history(id)));
    const bounds = { heartbeatBefore: this.time - TICK, endedBefore: this.time - TICK };
    this.agreed('overdue jobs', await this.all((store) => store.overdue(bounds)), ({ lost, expired }) =>
      [lost, expired].map((records) => sorted(records.filter(({ job }) => job.id.startsWith(run)).map(({ job }) => job))),
    );
  }

  private async compareLists(run: string, before: readonly { position: string }[]): Promise<void> {
    for (const scope of [...USERS.map((user) => ({ userId: run + user })), 'all'] satisfies JobScope[]) {
      const of = scope === 'all' ? 'everybody' : scope.userId;
      if (scope !== 'all')
        this.agreed(`list of ${of}`, await this.all((store) => store.list({ scope, limit: PAGE })), ({ jobs }) => sorted(jobs));
      const since = await this.all((store, at) => changesSince(store, before[at]?.position ?? '', scope));
      this.agreed(`changes of ${of}`, since);
    }
  }

  /** The events of each job in their order, of all jobs where there is one; then what clients make of them. */
  private async compareNews(run: string, network: number, revocations: number, accepted: number): Promise<void> {
    // with partitions a revocation of all jobs is told by each
    const counts = this.parties.map(({ name }) => accepted + (name.endsWith('4') ? revocations * 3 : 0));
    const told = await Promise.all(this.parties.map((party, at) => party.events(counts[at] ?? 0)));
    const [first = []] = told;
    const hasLongBody = new Set(first.flatMap((event) => ('job' in event && isLong(event.job) ? [event.job.id] : [])));
    const comparable = (event: JobEvent) => ('job' in event && hasLongBody.has(event.job.id) ? { ...event, job: light(event.job) } : event);
    for (const id of IDS)
      this.agreed(`events of ${id}`, told, (events) => events.filter((event) => idOf(event) === run + id).map(comparable));
    this.agreed(
      'events',
      told.filter((_, at) => this.parties[at]?.isOrdered),
      (events) => events.map(comparable),
    );
    this.compared.accepted += accepted;
    this.compared.events += first.length;
    this.clients.forEach((client, at) => client.hear(told[at] ?? [], new Random(network + at)));
    const { records } = await (this.parties[0]?.next() ?? fail('There is no store.')).read(IDS.map((id) => run + id));
    for (const id of IDS.map((one) => run + one)) {
      const kept = records.get(id)?.job ?? null;
      this.clients.forEach((client, at) =>
        this.same(`the client of ${this.parties[at]?.name} shows of ${id}`, client.shows(id), 'the store', kept),
      );
      this.compared.views += this.clients.length;
    }
  }

  private all<Answer>(ask: (store: JobStore, at: number) => Promise<Answer>): Promise<Answer[]> {
    return Promise.all(this.parties.map((party, at) => ask(party.next(), at)));
  }

  /** What all answered, made comparable. @throws Error when they differ */
  private agreed<Answer>(what: string, answers: readonly Answer[], comparable: (answer: Answer) => unknown = (answer) => answer): Answer {
    const [first, ...others] = answers.map((answer) => plain(comparable(answer)));
    others.forEach((other, at) => this.same(`${what}: ${this.parties[0]?.name}`, first, this.parties[at + 1]?.name ?? '', other));
    return answers[0] ?? fail('There is no answer.');
  }

  private same(what: string, one: unknown, otherwise: string, other: unknown): void {
    if (isDeepStrictEqual(plain(one), plain(other))) return;
    throw new Error(`${what}\n  ${JSON.stringify(one)}\n${otherwise}\n  ${JSON.stringify(other)}`);
  }
}

function fail(why: string): never {
  throw new Error(why);
}

/** As it would travel. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null');

/** Epochs are each store's own. */
const timeless = (outcome: ChangeOutcome): object => ({ ...outcome, epoch: null });

const sorted = (jobs: readonly Job[]): Job[] => [...jobs].sort((a, b) => (a.id < b.id ? -1 : 1));

const idOf = (event: JobEvent): string | null => ('job' in event ? event.job.id : event.kind === 'removed' ? event.id : null);

/** Longer than what travels with an event: who follows reads it, and may read a newer one. */
const isLong = ({ input, result }: Job): boolean => JSON.stringify([input, result]).length > 500;

const light = (job: Job): object => ({ ...job, title: null, tags: null, input: null, result: null });

/** All pages together, without their order, which is each store's own where there are partitions. */
async function changesSince(store: JobStore, from: string, scope: JobScope) {
  const jobs = new Map<string, Job>();
  const removed = new Map<string, { id: string; userId: string; version: number }>();
  for (let position = from, more = true; more;) {
    const page = await store.since(position, scope, PAGE);
    if (page.reset) throw new Error('A position that was just given out is not known any more.');
    page.jobs.forEach((job) => jobs.set(job.id, job));
    page.removed.forEach((tombstone) => removed.set(tombstone.id, tombstone));
    ({ position, more } = page);
  }
  return { jobs: sorted([...jobs.values()]), removed: [...removed.values()].sort((a, b) => (a.id < b.id ? -1 : 1)) };
}
