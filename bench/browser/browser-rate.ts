import { chromium, type Browser, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CalledProgram } from '../../test-processes/called-program.ts';
import { findBrowser } from '../../tools/browser-path.mjs';
import type { Bench } from '../bench.ts';
import { median } from '../rig/median.ts';
import { startProgram } from '../server/rig/start-program.ts';
import type { ShownJob } from '../store/contender.ts';
import { hashOf } from '../store/fold.ts';
import type { Feeding, FeedStart } from './feed.program.ts';

const JOBS = 10_000;
const ENOUGH_FPS = 58;
const WARM_MS = 1000;
const MEASURED_MS = 3000;
const PATIENCE_MS = 5000;
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Events a second that are tried, in this order, until the page no longer keeps up. */
const RATES = {
  harmonia: [50_000, 100_000, 150_000, 200_000],
  guide: [30, 100, 200, 300, 400],
} as const;

type WayName = keyof typeof RATES;

/** What the page offers, see page/main.ts. */
interface BenchPage {
  readonly bench: { frameRate(ms: number): Promise<number>; held(): readonly ShownJob[] };
}

interface Reached {
  readonly rate: number;
  readonly fps: number;
}

/** The built page in a real browser, beside a process that feeds it. */
class Ladder {
  private readonly browser: Browser;
  private readonly seed: number;

  constructor(browser: Browser, seed: number) {
    this.browser = browser;
    this.seed = seed;
  }

  /** The highest rate at which the page draws often enough, and shows every last value soon after. */
  async climb(way: WayName): Promise<Reached> {
    const feed = await startProgram(new URL('./feed.program.ts', import.meta.url));
    try {
      const start: FeedStart = { seed: this.seed, jobs: JOBS, folder: `${root}/dist/bench/page/browser` };
      const port = await feed.call<number>('start', start);
      const page = await this.browser.newPage();
      await page.goto(`http://127.0.0.1:${port}/${way === 'guide' ? '?guide' : ''}`);
      await page.getByText(`${JOBS} jobs`).waitFor();
      await this.expectIdle(page);
      let reached: Reached = { rate: 0, fps: NaN };
      for (const rate of RATES[way]) {
        const fps = await this.bestFpsAt(page, feed, rate);
        if (fps < ENOUGH_FPS) break;
        reached = { rate, fps };
      }
      await page.close();
      return reached;
    } finally {
      await feed.stop();
    }
  }

  /**
   * A page that has nothing to do draws every frame, unless the machine is busy with something else.
   *
   * @throws Error when it does not
   */
  private async expectIdle(page: Page): Promise<void> {
    await pause(WARM_MS);
    const fps = await this.frameRate(page, WARM_MS);
    if (fps < ENOUGH_FPS) throw new Error(`An idle page draws ${fps.toFixed(1)} frames a second: this machine is too busy.`);
  }

  /** One stumble of the machine is not the page's: a rate that fails is tried once more. */
  private async bestFpsAt(page: Page, feed: CalledProgram, rate: number): Promise<number> {
    const fps = await this.fpsAt(page, feed, rate);
    return fps < ENOUGH_FPS ? this.fpsAt(page, feed, rate) : fps;
  }

  private async fpsAt(page: Page, feed: CalledProgram, eventsPerSecond: number): Promise<number> {
    const feeding: Feeding = { eventsPerSecond, ms: WARM_MS + MEASURED_MS };
    const fed = feed.call<number>('feed', feeding);
    await pause(WARM_MS);
    const fps = await this.frameRate(page, MEASURED_MS - 200);
    const told = await fed;
    if (told < 0.9 * eventsPerSecond) throw new Error(`The feed told only ${told} events a second.`);
    const caughtUp = await this.catchesUp(page, hashOf(await feed.call<readonly ShownJob[]>('fold')));
    return caughtUp ? fps : 0;
  }

  private frameRate(page: Page, ms: number): Promise<number> {
    // what the page is given there, see page/main.ts
    return page.evaluate((time) => (window as unknown as BenchPage).bench.frameRate(time), ms);
  }

  private async catchesUp(page: Page, fold: string): Promise<boolean> {
    const deadline = Date.now() + PATIENCE_MS;
    do {
      const held = await page.evaluate(() => (window as unknown as BenchPage).bench.held());
      if (hashOf(held) === fold) return true;
    } while (Date.now() < deadline);
    return false;
  }
}

async function ladders(rounds: number, seed: number): Promise<Record<WayName, Reached[]>> {
  const found = findBrowser();
  if (!found) throw new Error('There is no browser: run npm test once, which fetches one.');
  const browser = await chromium.launch({ ...found.launchOptions, args: ['--no-sandbox'] });
  const reached: Record<WayName, Reached[]> = { harmonia: [], guide: [] };
  try {
    for (let round = 0; round < rounds; round++)
      for (const way of ['harmonia', 'guide'] as const) reached[way].push(await new Ladder(browser, seed + round).climb(way));
  } finally {
    await browser.close();
  }
  return reached;
}

/** Highest rate of the built page in Chromium. */
export const browserRate: Bench = {
  name: 'browser',
  measures:
    '10,000 jobs in a built page in headless Chromium, 50 of them shown, fed through a websocket by another process: Harmonia by frames of 50 ms ' +
    'as the gateway writes them, each line a different job, the guide by its events. The highest rate tried at which it draws often enough.',
  figures: {
    rate: {
      what: 'Chromium, 10,000 jobs, 50 views: events/s at ≥ 58 fps',
      unit: 'events/s',
      atLeast: 100_000,
      beside: ['fps', 'guideRate'],
    },
    fps: { what: 'frames', unit: '/s' },
    guideRate: { what: 'the guide', unit: 'events/s' },
    guideFps: { what: 'its frames', unit: '/s' },
  },
  run: async ({ full, seed }) => {
    const nx = createRequire(import.meta.url).resolve('nx/bin/nx.js');
    execFileSync(process.execPath, [nx, 'run', 'bench:page'], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, NX_DAEMON: 'false' },
    });
    const { harmonia, guide } = await ladders(full ? 5 : 1, seed);
    const of = (reached: readonly Reached[], part: keyof Reached) => median(reached.map((one) => one[part]));
    return { rate: of(harmonia, 'rate'), fps: of(harmonia, 'fps'), guideRate: of(guide, 'rate'), guideFps: of(guide, 'fps') };
  },
};
