import { expect, type Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';

interface Told {
  /** Their process ids; null for one that is not there. */
  readonly gateways: readonly (number | null)[];
}

/** The gateways behind nginx. One that is killed is started again, as where it is deployed. */
export class GatewayNodes {
  /** Their process ids, once both are there: one that is killed leaves the other. */
  private static async both(): Promise<readonly number[]> {
    const pids = async () => {
      const told: Told = JSON.parse(await readFile(process.env['E2E_NODES_FILE'] ?? '', 'utf8'));
      return told.gateways.filter((pid) => pid !== null);
    };
    await expect.poll(async () => (await pids()).length).toBe(2);
    return pids();
  }

  /** SIGKILL for the gateway that holds the page's socket; answers once the page has lost it. */
  static async killThatOf(page: Page, socket: PageSocket): Promise<void> {
    for (const index of [0, 1]) {
      const { losses } = socket;
      process.kill((await this.both())[index] ?? 0, 'SIGKILL');
      if (await noticed(() => socket.losses > losses)) return;
    }
    throw new Error(`No gateway holds the socket of ${page.url()}.`);
  }
}

/** How often a page has lost its socket; to be had before the page connects. */
export class PageSocket {
  losses = 0;

  constructor(page: Page) {
    page.on('websocket', (socket) => socket.on('close', () => (this.losses += 1)));
  }
}

/** A socket whose other end is gone hears of it at once. */
async function noticed(isSo: () => boolean): Promise<boolean> {
  return expect
    .poll(isSo, { timeout: 3000 })
    .toBe(true)
    .then(
      () => true,
      () => false,
    );
}
