import { Asker } from './asker.ts';
import { quantile } from './quantile.ts';

/** Somebody who behaves, and notices when others do not: it asks ten times a second. */
export class HealthyClient {
  readonly refused: string[] = [];
  private readonly asker: Asker;
  private readonly times: number[] = [];
  private readonly asking: NodeJS.Timeout;

  constructor(url: string, token: string) {
    this.asker = new Asker(url, token);
    this.asking = setInterval(() => void this.ask(), 100);
  }

  /** How long answers took since it was last asked, in ms. */
  p99(): number | null {
    const times = this.times.splice(0);
    return quantile(times, 0.99);
  }

  close(): void {
    clearInterval(this.asking);
    this.asker.close();
  }

  private async ask(): Promise<void> {
    const { outcome, ms } = await this.asker.ask('job:unsubscribe', { jobId: 'any' });
    this.times.push(ms);
    if (outcome !== 'ok') this.refused.push(outcome);
  }
}
