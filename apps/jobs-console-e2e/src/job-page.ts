import { expect, type Locator, type Page } from '@playwright/test';

/** The page of one job. */
export class JobPage {
  readonly article: Locator;
  readonly bar: Locator;

  private constructor(
    readonly page: Page,
    name: string,
  ) {
    this.article = page.getByRole('article', { name });
    this.bar = this.article.getByRole('progressbar', { name: `Progress of ${name}` });
  }

  /** The page that is shown, once it shows this job. */
  static async showing(page: Page, name: string): Promise<JobPage> {
    const shown = new JobPage(page, name);
    await expect(shown.article).toBeVisible();
    return shown;
  }

  /** Follows the link in the list as soon as it is there. */
  static async open(page: Page, name: string): Promise<JobPage> {
    await page.getByRole('link', { name }).click();
    return JobPage.showing(page, name);
  }

  async expectStatus(word: 'Queued' | 'Running' | 'Completed' | 'Failed' | 'Cancelled', timeout?: number): Promise<void> {
    await expect(this.article.locator('harmonia-status-badge')).toHaveText(word, { timeout });
  }

  async expectAttempt(attempt: number): Promise<void> {
    await expect(this.article.locator('dl > div', { hasText: 'Attempt' })).toHaveText(new RegExp(`^Attempt\\s*${attempt}$`));
  }

  /** Who watches it, in words; nobody is named while nobody else does. */
  async expectViewers(words: string | null): Promise<void> {
    const people = this.page.getByRole('button', { name: 'people watch this job' });
    if (words === null) await expect(people).toHaveCount(0);
    else await expect(people).toHaveAccessibleName(words);
  }

  async press(button: string): Promise<void> {
    await this.article.getByRole('button', { name: button }).click();
  }
}
