import { type JSHandle, type Locator } from '@playwright/test';

/** What a progress bar said, and when. */
export interface BarReading {
  readonly percentage: number;
  /** Milliseconds since the page was loaded. */
  readonly at: number;
}

/** Everything that one progress bar says from now on, read from the DOM. It cannot be had any more once the page was loaded anew. */
export class ProgressRecord {
  private constructor(private readonly kept: JSHandle<BarReading[]>) {}

  static async of(bar: Locator): Promise<ProgressRecord> {
    const kept = await bar.evaluateHandle((element) => {
      const readings: BarReading[] = [];
      const read = () => {
        const percentage = Number(element.getAttribute('aria-valuenow') ?? NaN);
        if (!Number.isNaN(percentage) && percentage !== readings.at(-1)?.percentage) readings.push({ percentage, at: performance.now() });
      };
      new MutationObserver(read).observe(element, { attributeFilter: ['aria-valuenow'] });
      read();
      return readings;
    });
    return new ProgressRecord(kept);
  }

  readings(): Promise<readonly BarReading[]> {
    return this.kept.jsonValue();
  }

  async percentages(): Promise<readonly number[]> {
    return (await this.readings()).map(({ percentage }) => percentage);
  }
}

/** Whether no number is followed by one that is not greater. */
export const isRising = (numbers: readonly number[]): boolean =>
  numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? NaN));
