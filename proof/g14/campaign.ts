import type { Job } from '@harmonia/contract';
import type { JobChange } from '@harmonia/job-engine';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Random } from '../rig/random.ts';
import { tokenOf } from '../rig/token.ts';
import { WatchingPage } from '../rig/watching-page.ts';
import { ROLLBACKS } from './rollback.ts';
import { Stage } from './stage.ts';

/** No view may stay on the lost future for longer [G14]. */
const PROMISED_MS = 5000;
const LONGEST_WAIT_MS = 15_000;
const IDS = Array.from({ length: 18 }, (_, index) => `job-${index}`);
/** These are watched by name, too. Who watches a job by name that is not there is not told when it comes [S4]. */
const NAMED = IDS.slice(0, 12);
const LISTED = IDS.slice(12);
const USERS = ['ada', 'grace'] as const;

/** What one rollback came to. */
export interface RollbackFigures {
  readonly kind: string;
  readonly views: number;
  /** Views that showed the lost future for longer than promised. */
  readonly stale: number;
  /** From when Redis answered until every view was true. */
  readonly trueInMs: number;
  /** The first view that was stale for too long. */
  readonly example: string | null;
}

interface Viewer {
  readonly name: string;
  readonly page: WatchingPage;
  /** What the page has to show of a job. */
  readonly shouldShow: (job: Job | null) => Job | null;
  readonly ids: readonly string[];
}

/** Two nodes, pages at both, and jobs that live on in a future that Redis then forgets. */
export class RollbackCampaign {
  private readonly random: Random;
  private readonly stage: Stage;
  private readonly viewers: Viewer[] = [];
  private step = 0;

  private constructor(stage: Stage, seed: number) {
    this.stage = stage;
    this.random = new Random(seed);
  }

  static async open(seed: number): Promise<RollbackCampaign> {
    const campaign = new RollbackCampaign(await Stage.open(2), seed);
    await campaign.live(40);
    await campaign.openPages();
    const { stale, example } = await campaign.watch('before the first rollback', Date.now());
    if (stale > 0) throw new Error(`Not even the beginning was shown: ${example}`);
    return campaign;
  }

  /** The kinds in an order that the seed decides, each once before any comes twice. */
  *kinds(): Generator<string> {
    for (;;)
      for (const [, kind] of Object.keys(ROLLBACKS)
        .map((one) => [this.random.next(), one] as const)
        .sort(([a], [b]) => a - b))
        yield kind;
  }

  async rollBack(kind: string): Promise<RollbackFigures> {
    await this.live(this.random.between(5, 40));
    await ROLLBACKS[kind]?.(this.stage, () => this.live(this.random.between(5, 40)));
    const answersAt = await this.answers();
    // life goes on at the same versions, with other contents; or it does not, and then nothing else tells of the loss
    if (this.random.next() < 0.5) await this.live(this.random.between(1, 20), LISTED);
    return this.watch(kind, answersAt);
  }

  async close(): Promise<void> {
    this.viewers.forEach(({ page }) => page.close());
    await this.stage.close();
  }

  private async openPages(): Promise<void> {
    for (const { url } of this.stage.gateways) {
      for (const user of USERS) {
        const ofUser = (job: Job | null) => (job?.userId === user ? job : null);
        const list = await WatchingPage.open({ url, token: tokenOf(user) });
        this.viewers.push({ name: `${user}'s list`, page: list, shouldShow: ofUser, ids: IDS });
        const ids = NAMED.slice(0, 5);
        const named = await WatchingPage.open({ url, token: tokenOf(user), ids, list: false });
        this.viewers.push({ name: `${user}'s jobs one by one`, page: named, shouldShow: ofUser, ids });
      }
      const ids = NAMED.slice(5);
      const admin = await WatchingPage.open({ url, token: tokenOf('root', { roles: ['admin'] }), ids, list: false });
      this.viewers.push({ name: 'an administrator', page: admin, shouldShow: (job) => job, ids });
    }
  }

  /** So many changes, each by itself; only these jobs come and go. */
  private async live(changes: number, comeAndGo = IDS): Promise<void> {
    for (let change = 0; change < changes; change++) await this.stage.store.apply([this.change(comeAndGo)]);
  }

  private change(comeAndGo: readonly string[]): JobChange {
    const id = this.random.pick(IDS) ?? '';
    const fleeting = this.random.pick(comeAndGo) ?? '';
    const title = `step ${++this.step}`;
    const pick = this.random.between(0, 19);
    const userId = this.random.pick(USERS);
    if (pick < 5) return { kind: 'created', job: { id: fleeting, userId, jobType: 'external', title, tags: [], input: null } };
    if (pick < 13) return { kind: 'reported', id, progress: { current: this.random.between(0, 20), total: 20, message: title } };
    if (pick < 15) return { kind: 'reported', id, status: 'completed', result: title };
    if (pick < 16) return { kind: 'reported', id, status: 'failed', error: { code: 'broken', message: title } };
    if (pick < 17) return { kind: 'retried', id };
    if (pick < 18) return { kind: 'edited', id, title };
    return { kind: 'removed', id: fleeting };
  }

  private async answers(): Promise<number> {
    for (;;) {
      const isThere = await this.stage.store.read([]).then(
        () => true,
        () => false,
      );
      if (isThere) return Date.now();
      await pause(10);
    }
  }

  /** Looks until every view is true. */
  private async watch(kind: string, answersAt: number): Promise<RollbackFigures> {
    const { records } = await this.stage.store.read(IDS);
    const views: View[] = this.viewers.flatMap((viewer) =>
      viewer.ids.map((id) => ({ viewer, id, should: viewer.shouldShow(records.get(id)?.job ?? null) })),
    );
    let late: readonly View[] | null = null;
    let example: string | null = null;
    while (Date.now() - answersAt < LONGEST_WAIT_MS) {
      const wrong = views.filter(isWrong);
      const [first] = wrong;
      if (!first) break;
      if (late === null && Date.now() - answersAt > PROMISED_MS) {
        late = wrong;
        example = inWords(first);
      }
      await pause(20);
    }
    return { kind, views: views.length, stale: late?.length ?? 0, trueInMs: Date.now() - answersAt, example };
  }
}

/** One job as one page has to show it. */
interface View {
  readonly viewer: Viewer;
  readonly id: string;
  readonly should: Job | null;
}

const isWrong = ({ viewer, id, should }: View): boolean => !isDeepStrictEqual(plain(viewer.page.shows(id)), plain(should));

const inWords = ({ viewer, id, should }: View): string =>
  `${viewer.name} (${viewer.page.phase}) shows ${JSON.stringify(viewer.page.shows(id))} in place of ${JSON.stringify(should)}`;

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null');
