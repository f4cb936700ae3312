import type { TestRequest } from '@angular/common/http/testing';
import type { Job } from '@harmonia/contract';
import { ConnectionActions } from '@harmonia/data-access';
import { aJob } from '@harmonia/data-access/testing';
import { TestBed } from '@angular/core/testing';
import { Announcer } from '@harmonia/ui';
import { Store } from '@ngrx/store';
import { aListPage, atStep } from './job-list.fixture';

type Page = Awaited<ReturnType<typeof aListPage>>;

const EPOCH = { headers: { 'Harmonia-Epoch': 'epoch-1' } };

/** The one request that was sent meanwhile. */
async function requestOf({ server, stable }: Page): Promise<TestRequest> {
  await stable();
  return server.expectOne('/api/jobs');
}

const formOf = ({ request }: TestRequest): Record<string, unknown> => Object.fromEntries((request.body as FormData).entries());

describe('JobList', () => {
  it('says that it loads, then what can be started when there is nothing', async () => {
    const { page, list, button } = await aListPage();
    expect(page.querySelector('[role=status]')?.textContent).toContain('Loading your jobs');
    expect(page.querySelector('[role=status] harmonia-long-wait')).not.toBeNull();
    await list();
    expect(page.querySelector('h2')?.textContent).toBe('No jobs yet');
    expect([button('Run a sample PDF'), button('Simulate a job'), button('Upload files')]).not.toContain(undefined);
  });

  it('lists jobs with type, age, status, and progress as it comes', async () => {
    const { page, list, tell, rows } = await aListPage();
    await list(aJob({ status: 'processing', progress: atStep(4), version: 2 }), aJob({ id: 'job-2', title: null, status: 'completed' }));
    expect(rows()).toEqual([
      expect.stringMatching(/^A job simulate · .* ago Running Step 4 of 40 10 %$/),
      expect.stringMatching(/^job-2 simulate · .* ago Completed$/),
    ]);
    await tell(aJob({ status: 'processing', progress: atStep(8), version: 3 }));
    expect(rows()[0]).toMatch(/Step 8 of 40 20 %$/);
    expect(page.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')).toBe('20');
    expect(page.querySelector('a')?.getAttribute('href')).toBe('/job-1');
  });

  it('mentions to screen readers each quarter that a job has come', async () => {
    const { list, tell } = await aListPage();
    const said: string[] = [];
    TestBed.inject(Announcer).mention = (_, sentence) => said.push(sentence);
    await list(aJob({ status: 'processing', progress: atStep(1), version: 2 }));
    for (const [index, step] of [4, 10, 19, 20].entries())
      await tell(aJob({ status: 'processing', progress: atStep(step), version: 3 + index }));
    expect(said).toEqual(['A job: 25 %', 'A job: 50 %']);
  });

  it('shows a job that was created elsewhere, and not those of others', async () => {
    const { list, tell, rows } = await aListPage();
    await list();
    await tell(aJob(), aJob({ id: 'job-2', userId: 'grace', title: 'Grace’s' }));
    expect(rows()).toHaveLength(1);
  });

  it('[C6] says why there is nothing to show, and stays so while it is tried again', async () => {
    const { page, gateway, stable, list } = await aListPage();
    gateway.drop();
    gateway.reconnect();
    await stable();
    expect(page.querySelector('[role=alert]')?.textContent).toContain('The connection to the gateway was lost.');
    await list(aJob());
    expect(page.querySelector('[role=alert]')).toBeNull();
  });

  it('[C6] keeps the list on the page while the connection is lost, and says that it may be old', async () => {
    const { page, gateway, stable, list, rows } = await aListPage();
    await list(aJob());
    expect(page.querySelector('harmonia-connection-strip')).toBeNull();
    gateway.drop();
    await stable();
    expect(rows()).toHaveLength(1);
    expect(page.querySelector('harmonia-connection-strip')?.textContent).toContain('The connection to the gateway was lost.');
  });

  it('[C6] says that the list may be old while a sync stays unanswered, and why nothing more comes when it was refused', async () => {
    const { page, gateway, stable, list, rows } = await aListPage();
    await list(aJob());
    const strip = () => page.querySelector('harmonia-connection-strip');
    TestBed.inject(Store).dispatch(ConnectionActions.syncFailed({ reason: 'timeout', message: 'No answer.', at: 1 }));
    await stable();
    expect(strip()?.textContent).toContain('The server has not answered in time, and is asked again. What you see may be out of date.');
    gateway.refuse('protocol-unsupported');
    await stable();
    expect([strip()?.className, rows().length]).toEqual(['refused', 1]);
    expect(strip()?.textContent).toContain('this server does not speak its protocol');
  });

  it('draws a hundred rows, and on with the focus when more are asked for', async () => {
    const { page, list, rows, names, button, stable } = await aListPage();
    document.body.append(page);
    await list(...Array.from({ length: 250 }, (_, index) => aJob({ id: `job-${index}`, title: `Job ${index}` })));
    expect(rows()).toHaveLength(100);
    expect(page.querySelector('.rest')?.textContent).toContain('100 of 250 newest jobs');
    button('Show more')?.click();
    await stable();
    expect(rows()).toHaveLength(200);
    expect(document.activeElement?.textContent).toBe(names()[100]);
    button('Show more')?.click();
    await stable();
    expect([rows().length, button('Show more')]).toEqual([250, undefined]);
    page.remove();
  });

  it('[S2] asks for older jobs than it was told of, page by page until there is news, and says why when that fails', async () => {
    const { page, list, names, button, stable, server } = await aListPage('/?text=Job');
    const known = Array.from({ length: 100 }, (_, index) => aJob({ id: `job-${index}`, title: `Job ${index}` }));
    await list(...known);
    const answer = async (jobs: readonly Job[], nextPage: string | null) => {
      const request = server.expectOne(({ url }) => url.startsWith('/api/jobs?'));
      request.flush({ jobs, nextPage }, EPOCH);
      await stable();
      return request.request.url;
    };
    button('Show older')?.click();
    await stable();
    expect(await answer(known, 'page-2')).toBe('/api/jobs?text=Job&limit=200');
    expect(button('Looking…')).toBeDefined();
    expect(await answer([aJob({ id: 'old', title: 'Old Job', createdAt: '2020-01-01T00:00:00.000Z' })], 'page-3')).toContain('page=page-2');
    expect([names().length, names().at(-1)]).toEqual([101, 'Old Job']);
    button('Show older')?.click();
    await stable();
    server.expectOne(({ url }) => url.includes('page=page-3')).error(new ProgressEvent('error'));
    await stable();
    expect(page.querySelector('.rest [role=alert]')?.textContent).toContain('cannot be reached');
    button('Show older')?.click();
    await stable();
    await answer([], null);
    expect(page.querySelector('.rest')).toBeNull();
  });

  it('simulates a job', async () => {
    const listPage = await aListPage();
    await listPage.list();
    listPage.button('Simulate a job')?.click();
    const request = await requestOf(listPage);
    expect(request.request.body).toMatchObject({ jobType: 'simulate', input: { steps: 40 } });
    expect(listPage.button('Run a sample PDF')?.disabled).toBe(true);
    request.flush(aJob(), EPOCH);
    await listPage.stable();
    expect(listPage.button('Run a sample PDF')?.disabled).toBe(false);
  });

  it('takes files that are dropped on it, and shows that it would', async () => {
    const listPage = await aListPage();
    await listPage.list();
    const section = listPage.page.querySelector('section');
    const drag = async (type: string, dataTransfer: object) => {
      const event = Object.assign(new Event(type, { cancelable: true }), { dataTransfer });
      section?.dispatchEvent(event);
      await listPage.stable();
      return event.defaultPrevented;
    };
    expect(await drag('dragover', { types: ['text/plain'] })).toBe(false);
    expect(await drag('dragover', { types: ['Files'] })).toBe(true);
    expect(section?.classList).toContain('dropping');
    await drag('dragleave', {});
    expect(section?.classList).not.toContain('dropping');
    expect(await drag('drop', { files: [] })).toBe(false);
    expect(await drag('drop', { files: [new File(['%PDF'], 'a.pdf', { type: 'application/pdf' })] })).toBe(true);
    expect(formOf(await requestOf(listPage))).toMatchObject({ jobType: 'pdf-notes', title: 'a.pdf' });
  });

  describe('the sample', () => {
    const { fetch } = globalThis;
    afterEach(() => (globalThis.fetch = fetch));
    const serve = (answer: object) => (globalThis.fetch = () => Promise.resolve(answer as Response));

    it('is uploaded as a PDF', async () => {
      serve({ ok: true, blob: () => Promise.resolve(new Blob(['%PDF'])) });
      const listPage = await aListPage();
      await listPage.list();
      listPage.button('Run a sample PDF')?.click();
      expect(formOf(await requestOf(listPage))).toMatchObject({ jobType: 'pdf-notes', title: 'sample.pdf' });
    });

    it('that is not there is said to be so', async () => {
      serve({ ok: false });
      const listPage = await aListPage();
      await listPage.list();
      listPage.button('Run a sample PDF')?.click();
      await listPage.stable();
      expect(listPage.page.querySelector('[role=alert]')?.textContent).toContain('The sample PDF cannot be had from this server.');
    });
  });
});
