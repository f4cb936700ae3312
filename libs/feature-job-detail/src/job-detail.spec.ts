import { Location } from '@angular/common';
import { TestBed } from '@angular/core/testing';
import { REFUSALS } from '@harmonia/contract';
import { aJob } from '@harmonia/data-access/testing';
import { Announcer } from '@harmonia/ui';
import { aDetailPage } from './job-detail.fixture';

const EPOCH = { headers: { 'Harmonia-Epoch': 'epoch-1' } };
const RUNNING = { status: 'processing', version: 2, progress: { current: 6, total: 40, percentage: 15, message: 'Step 6 of 40' } } as const;
const FILE = { outputPath: 'results/job-1/1/a.md', fileName: 'a.md', mediaType: 'text/markdown', bytes: 2_500 };

describe('JobDetail', () => {
  it('says that it loads, then shows the job as it comes', async () => {
    const { page, tell, text } = await aDetailPage();
    expect(page.querySelector('[role=status]')?.textContent).toContain('Loading the job');
    await tell([aJob(RUNNING)]);
    expect(page.querySelector('h1')?.textContent).toBe('A job');
    expect(page.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')).toBe('15');
    expect(text()).toMatch(/Running.*Step 6 of 40 15 %/);
    await tell([aJob({ ...RUNNING, version: 3, progress: { ...RUNNING.progress, current: 7, percentage: 17 } })]);
    expect(page.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')).toBe('17');
  });

  it('[R5] counts without a total where there is none', async () => {
    const { page, tell, text } = await aDetailPage();
    await tell([aJob({ ...RUNNING, progress: { current: 1234, total: null, percentage: 0, message: '' } })]);
    expect(text()).toMatch(/Running.*1,234 /);
    expect(text()).not.toContain('%');
    expect(page.querySelector('[role=progressbar]')?.hasAttribute('aria-valuenow')).toBe(false);
  });

  it('mentions to screen readers each tenth that a job has come', async () => {
    const { tell } = await aDetailPage();
    const said: string[] = [];
    TestBed.inject(Announcer).mention = (_, sentence) => said.push(sentence);
    for (const [index, percentage] of [15, 17, 20, 29, 30].entries())
      await tell([aJob({ ...RUNNING, version: 2 + index, progress: { ...RUNNING.progress, percentage } })]);
    expect(said).toEqual(['A job: 20 %', 'A job: 30 %']);
  });

  it('[P2] shows who else watches the job, while somebody does', async () => {
    const { page, tell, gateway, stable, goTo } = await aDetailPage();
    const people = () => page.querySelector<HTMLElement>('harmonia-people button')?.title;
    await tell([aJob(), aJob({ id: 'job-2', title: 'Another' })]);
    expect(people()).toBeUndefined();
    gateway.viewers('job-1', { userId: 'grace', name: 'Grace', since: '2026-03-01T10:00:00.000Z' });
    await stable();
    expect(people()).toBe('2 people watch this job: Grace, ada (you)');
    gateway.drop();
    await stable();
    expect(people()).toBeUndefined();
    gateway.reconnect();
    await stable();
    expect(people()).toContain('Grace');
    await goTo('/jobs/job-2');
    await stable();
    expect(people()).toBeUndefined();
  });

  it('follows the address from one job to another', async () => {
    const { page, tell, goTo, stable } = await aDetailPage();
    await tell([aJob(), aJob({ id: 'job-2', title: 'Another' })]);
    await goTo('/jobs/job-2');
    await stable();
    expect(page.querySelector('h1')?.textContent).toBe('Another');
  });

  it('[S4] says the same of a job that is not there and of one that is not theirs', async () => {
    const { page, tell } = await aDetailPage();
    await tell([], [{ id: 'job-1', version: 0 }]);
    expect(page.querySelector('h1')?.textContent).toBe('No such job');
    expect(page.querySelector('a')?.getAttribute('href')).toBe('/jobs');
  });

  it('[C6] says why there is nothing to show', async () => {
    const { page, gateway, stable } = await aDetailPage();
    gateway.refuse('forbidden');
    await stable();
    expect(page.querySelector('[role=alert]')?.textContent).toContain(REFUSALS.forbidden.cure);
  });

  it('[C6] keeps the job on the page while the connection is lost, and says that it may be old', async () => {
    const { page, tell, gateway, stable } = await aDetailPage();
    await tell([aJob(RUNNING)]);
    gateway.drop();
    await stable();
    expect(page.querySelector('h1')?.textContent).toBe('A job');
    expect(page.querySelector('harmonia-connection-strip')?.textContent).toContain('What you see may be out of date.');
  });

  it('shows why a job failed, with its code, and lets it run again', async () => {
    const { page, tell, text, button, server, stable, details } = await aDetailPage();
    await tell([aJob({ status: 'failed', version: 4, bodyVersion: 4, result: { error: 'This is no whole PDF.', code: 'pdf-broken' } })]);
    expect(text()).toMatch(/This is no whole PDF\..*pdf-broken/);
    expect(page.querySelector('harmonia-status-badge')?.textContent).toBe('Failed');
    expect(button('Cancel')).toBeUndefined();
    button('Run again')?.click();
    await stable();
    server.expectOne('/api/jobs/job-1/retry').flush(aJob({ attempt: 2, version: 5 }), EPOCH);
    await tell([aJob({ attempt: 2, version: 5 })]);
    expect(details()['Attempt']).toBe('2');
    expect(page.querySelector('harmonia-status-badge')?.textContent).toBe('Queued');
  });

  it('[C10] cancels at once, one command at a time, and takes it back when that was refused', async () => {
    const { page, tell, button, server, stable } = await aDetailPage();
    const status = () => page.querySelector('harmonia-status-badge')?.textContent;
    await tell([aJob(RUNNING)]);
    button('Cancel')?.click();
    await stable();
    expect(status()).toBe('Cancelled');
    expect(button('Run again')?.disabled).toBe(true);
    const refusal = { error: { code: 'status-conflict', message: 'It has ended.' } };
    server.expectOne('/api/jobs/job-1/cancel').flush(refusal, { status: 409, statusText: 'Conflict' });
    await stable();
    expect(page.querySelector('[role=alert]')?.textContent).toBe('It has ended. Look at the job: its status does not allow this now.');
    expect(status()).toBe('Running');
    expect(button('Cancel')?.disabled).toBe(false);
  });

  it('keeps what was refused of one job away from another', async () => {
    const { page, tell, button, server, stable, goTo } = await aDetailPage();
    await tell([aJob(RUNNING), aJob({ id: 'job-2' })]);
    button('Cancel')?.click();
    await stable();
    server.expectOne('/api/jobs/job-1/cancel').error(new ProgressEvent('error'));
    await stable();
    expect(page.querySelector('[role=alert]')?.textContent).toContain('The gateway cannot be reached.');
    await goTo('/jobs/job-2');
    await stable();
    expect(page.querySelector('[role=alert]')).toBeNull();
  });

  it('deletes what has ended, only when asked twice, and goes back to the list', async () => {
    const { page, tell, button, server, stable, text } = await aDetailPage();
    document.body.append(page);
    await tell([aJob()]);
    expect(button('Delete')).toBeUndefined();
    await tell([aJob({ status: 'cancelled', version: 2 })]);
    button('Delete')?.click();
    await stable();
    expect(document.activeElement?.textContent).toBe('Keep it');
    button('Keep it')?.click();
    await stable();
    expect(document.activeElement).toBe(button('Delete'));
    button('Delete')?.click();
    await stable();
    expect(text()).toContain('Delete this job with its files?');
    button('Delete')?.click();
    await stable();
    server.expectOne({ method: 'DELETE', url: '/api/jobs/job-1' }).flush(null);
    await stable();
    expect(TestBed.inject(Location).path()).toBe('/jobs');
    page.remove();
  });

  it.each(['/jobs/job-2', '/elsewhere'])('deletes, and lets whoever went to %s meanwhile be there', async (path) => {
    const { tell, button, server, stable, goTo } = await aDetailPage();
    await tell([aJob({ status: 'cancelled', version: 2 }), aJob({ id: 'job-2' })]);
    button('Delete')?.click();
    await stable();
    button('Delete')?.click();
    await stable();
    const deletion = server.expectOne({ method: 'DELETE', url: '/api/jobs/job-1' });
    await goTo(path);
    deletion.flush(null);
    await stable();
    expect(TestBed.inject(Location).path()).toBe(path);
  });

  it('stays with the job when it could not be deleted', async () => {
    const { page, tell, button, server, stable } = await aDetailPage();
    await tell([aJob({ status: 'cancelled', version: 2 })]);
    button('Delete')?.click();
    await stable();
    button('Delete')?.click();
    await stable();
    server.expectOne({ method: 'DELETE', url: '/api/jobs/job-1' }).error(new ProgressEvent('error'));
    await stable();
    expect(page.querySelector('[role=alert]')?.textContent).toContain('The gateway cannot be reached.');
    expect(button('Delete')?.textContent).toContain('Delete');
    expect(TestBed.inject(Location).path()).toBe('/jobs/job-1');
  });

  it('downloads a file through a link that works once', async () => {
    const { tell, button, server, stable, details } = await aDetailPage();
    const file = { name: 'a.pdf', mediaType: 'application/pdf', bytes: 1_000_000 };
    await tell([aJob({ status: 'completed', version: 9, bodyVersion: 9, input: { file }, result: FILE })]);
    expect(details()).toMatchObject({ File: 'a.pdf 1 MB', Result: 'a.md 2.5 kB' });
    const followed: string[] = [];
    const follow = (event: Event) => {
      if (event.target instanceof HTMLAnchorElement)
        followed.push(`${event.target.getAttribute('href')} ${event.target.hasAttribute('download')}`);
      event.preventDefault();
    };
    const create = document.createElement.bind(document);
    document.createElement = (name: string) => {
      const element = create(name);
      element.addEventListener('click', follow);
      return element;
    };
    button('Download a.md')?.click();
    await stable();
    const ticket = { url: '/api/jobs/job-1/result?ticket=t', expiresAt: '2026-03-01T10:01:00.000Z' };
    server.expectOne('/api/jobs/job-1/result/ticket').flush(ticket);
    await stable();
    document.createElement = create;
    expect(followed).toEqual(['/api/jobs/job-1/result?ticket=t true']);
  });

  it('shows what came out of a job that made no file, and nothing twice', async () => {
    const { tell, button, details } = await aDetailPage();
    const result = { steps: 40, wordCount: 12_345, sha256: 'ab12', nothing: true };
    await tell([aJob({ status: 'completed', version: 9, bodyVersion: 9, input: { steps: 40 }, result })]);
    expect(details()).toMatchObject({ Steps: '40', 'Word count': '12,345', 'SHA-256': 'ab12', Nothing: 'true' });
    expect(button('Download')).toBeUndefined();
    await tell([aJob({ id: 'job-1', version: 10, bodyVersion: 10, status: 'completed', result: [1, 2, { deep: true }] })]);
    expect(Object.keys(details())).toEqual(['Type', 'Attempt', 'Created', 'Last change', 'Id']);
  });

  it('says how a queued and a cancelled job stand', async () => {
    const { tell, text } = await aDetailPage();
    await tell([aJob()]);
    expect(text()).toContain('Waits for its turn');
    await tell([aJob({ status: 'cancelled', version: 2 })]);
    expect(text()).toMatch(/Cancelled .* ago/);
  });
});
