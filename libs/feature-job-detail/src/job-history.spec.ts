import { aJob } from '@harmonia/data-access/testing';
import { aDetailPage } from './job-detail.fixture';

const ADDRESS = '/api/jobs/job-1/history';
const at = '2026-03-01T10:00:00.000Z';
const entry = (version: number, status: string, more: object = {}) => ({ version, attempt: 1, at, status, progress: null, ...more });
const atStep = (current: number) => ({ progress: { current, total: 40, percentage: current, message: `Step ${current} of 40` } });

/** The page of a job that is there, before its history came. */
async function aHistoryPage() {
  const detail = await aDetailPage();
  await detail.tell([aJob({ status: 'processing', version: 2 })]);
  const { page, server, stable } = detail;
  return {
    ...detail,
    section: () => page.querySelector('harmonia-job-history'),
    answer: async (...history: readonly object[]) => {
      server.expectOne(ADDRESS).flush({ history });
      await stable();
    },
    steps: () => [...page.querySelectorAll('harmonia-job-history li')].map(({ textContent }) => textContent?.replace(/\s+/g, ' ').trim()),
  };
}

describe('JobHistory', () => {
  it('[R9] says what became of the job, newest first, and of progress the last', async () => {
    const { section, answer, steps } = await aHistoryPage();
    expect(section()?.querySelector('[role=status]')?.textContent).toContain('Loading the history');
    await answer(
      entry(4, 'processing', atStep(9)),
      entry(1, 'queued'),
      entry(2, 'processing'),
      entry(3, 'processing', atStep(4)),
      entry(5, 'queued', { attempt: 2, reason: 'interrupted' }),
    );
    expect(steps()).toEqual([
      expect.stringMatching(/^Queued.*Attempt 2 · Interrupted; starts anew\.$/),
      expect.stringMatching(/^Running.*Attempt 1 · Step 9 of 40$/),
      expect.stringMatching(/^Queued.*Attempt 1$/),
    ]);
  });

  it('asks again when the status or the attempt has changed, not for progress, and shows the old one meanwhile', async () => {
    const { answer, steps, tell, server } = await aHistoryPage();
    await answer(entry(1, 'queued'));
    await tell([aJob({ status: 'processing', version: 3, ...atStep(4) })]);
    server.expectNone(ADDRESS);
    await tell([aJob({ status: 'cancelled', version: 4 })]);
    expect(steps()).toHaveLength(1);
    await answer(entry(1, 'queued'), entry(4, 'cancelled'));
    expect(steps()).toHaveLength(2);
    await tell([aJob({ attempt: 2, version: 5 })]);
    await answer();
    expect(steps()).toEqual(['Nothing is known of it yet.']);
  });

  it('says why it cannot be had, and tries again', async () => {
    const { section, answer, steps, server, stable, button } = await aHistoryPage();
    server.expectOne(ADDRESS).error(new ProgressEvent('error'));
    await stable();
    expect(section()?.querySelector('[role=alert]')?.textContent).toContain('The gateway cannot be reached.');
    button('Try again')?.click();
    await stable();
    await answer(entry(1, 'queued'));
    expect(steps()).toHaveLength(1);
  });

  it('shows nothing of the job before', async () => {
    const { answer, tell, goTo, stable, section } = await aHistoryPage();
    await answer(entry(1, 'queued'));
    await tell([aJob({ id: 'job-2' })]);
    await goTo('/jobs/job-2');
    await stable();
    expect(section()?.textContent).toContain('Loading the history');
  });
});
