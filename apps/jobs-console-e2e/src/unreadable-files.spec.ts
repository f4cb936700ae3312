import { expect } from '@playwright/test';
import { signIn, test } from './console-test';
import { JobPage } from './job-page';
import { uploadFile, writeSamplePdf } from './sample-file';

const unreadable = [
  { variant: 'cut-off', code: 'pdf-broken', reason: 'This is no whole PDF: it was cut off or damaged.' },
  { variant: 'encrypted', code: 'pdf-encrypted', reason: 'This PDF asks for a password.' },
  { variant: 'no-text', code: 'pdf-no-text', reason: 'No page of this PDF has text' },
] as const;

for (const { variant, code, reason } of unreadable) {
  test(`[R11] a PDF that is ${variant} fails with a reason that says what to do`, async ({ page }, info) => {
    const name = `${variant}.pdf`;
    const pdf = writeSamplePdf(info, name, { pages: 20, variant });
    await signIn(page, 'Ada');
    await uploadFile(page, pdf);
    const job = await JobPage.open(page, name);

    await job.expectStatus('Failed');
    await expect(job.article).toContainText(reason);
    await expect(job.article.getByText(code, { exact: true })).toBeVisible();
    await expect(job.article.getByRole('button', { name: 'Run again' })).toBeVisible();
    await expect(job.article.getByRole('button', { name: 'Download' })).toHaveCount(0);
  });
}
