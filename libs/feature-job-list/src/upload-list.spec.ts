import { HttpEventType } from '@angular/common/http';
import { TestBed } from '@angular/core/testing';
import { ConnectionActions } from '@harmonia/data-access';
import { aJob } from '@harmonia/data-access/testing';
import { Announcer } from '@harmonia/ui';
import { Store } from '@ngrx/store';
import { aListPage } from './job-list.fixture';

const EPOCH = { headers: { 'Harmonia-Epoch': 'epoch-1' } };
const textFile = (name: string) => new File(['a b'], name, { type: 'text/plain' });

/** The list, and files that were chosen to be uploaded there. */
async function anUploadPage(...files: readonly File[]) {
  const listPage = await aListPage();
  await listPage.list();
  const { page, server, stable } = listPage;
  document.body.append(page);
  const said: string[] = [];
  Object.assign(TestBed.inject(Announcer), {
    tell: (sentence: string) => said.push(sentence),
    mention: (_: string, sentence: string) => said.push(sentence),
  });
  const input = page.querySelector<HTMLInputElement>('input[type=file]');
  Object.defineProperty(input, 'files', { configurable: true, value: files });
  input?.dispatchEvent(new Event('change'));
  await stable();
  const requests = () => server.match('/api/jobs');
  const named = (name: string) => page.querySelector<HTMLElement>(`[aria-label="${name}"]`);
  return {
    ...listPage,
    said,
    named,
    /** What was sent and is not answered, since this was last asked. */
    requests,
    /** The only one of these. */
    request: () => {
      const [request] = requests();
      if (!request) throw new Error('Nothing was sent.');
      return request;
    },
    press: async (name: string) => {
      named(name)?.focus();
      named(name)?.click();
      await stable();
    },
    uploads: () =>
      [...page.querySelectorAll('harmonia-upload-list li')].map(({ children }) =>
        [...children].slice(0, 2).map(({ textContent }) => textContent),
      ),
  };
}

describe('UploadList', () => {
  afterEach(() => document.body.replaceChildren());

  it('uploads each file as the job that fits it, three at once, each with how far it is', async () => {
    const { uploads, requests, stable, named } = await anUploadPage(
      new File(['%PDF'], 'Report.PDF'),
      ...['b.txt', 'c.txt', 'd.txt'].map(textFile),
    );
    const [first, second, third, ...others] = requests();
    expect(others).toEqual([]);
    const forms = [first, second, third].map((request) => Object.fromEntries((request?.request.body as FormData).entries()));
    expect(forms).toMatchObject([
      { jobType: 'pdf-notes', title: 'Report.PDF', file: expect.any(File) },
      { jobType: 'file-digest', title: 'b.txt' },
      { jobType: 'file-digest', title: 'c.txt' },
    ]);
    second?.event({ type: HttpEventType.UploadProgress, loaded: 1, total: 4 });
    third?.event({ type: HttpEventType.UploadProgress, loaded: 4, total: 4 });
    await stable();
    expect(uploads()).toEqual([
      ['Report.PDF', '4 bytes · 0 %'],
      ['b.txt', '3 bytes · 25 %'],
      ['c.txt', '3 bytes · Sent, is being checked'],
      ['d.txt', '3 bytes · Waits for its turn'],
    ]);
    expect(named('Upload of b.txt')?.getAttribute('aria-valuenow')).toBe('25');
    second?.flush(aJob(), EPOCH);
    await stable();
    expect(uploads().map(([name]) => name)).toEqual(['Report.PDF', 'c.txt', 'd.txt']);
    expect(requests()).toHaveLength(1);
  });

  it('tells screen readers how far a file is, and that it is uploaded', async () => {
    const { request, said, stable, page } = await anUploadPage(textFile('a.txt'));
    const sent = request();
    sent.event({ type: HttpEventType.UploadProgress, loaded: 1, total: 4 });
    sent.flush(aJob(), EPOCH);
    await stable();
    expect(said).toEqual(['a.txt: 25 % uploaded', 'a.txt is uploaded']);
    expect(page.querySelector('harmonia-upload-list section')).toBeNull();
  });

  it('gives one up without touching the others, and starts the next', async () => {
    const { requests, press, uploads } = await anUploadPage(...['a', 'b', 'c', 'd'].map(textFile));
    const [, second] = requests();
    await press('Cancel the upload of b');
    expect(second?.cancelled).toBe(true);
    expect(requests()).toHaveLength(1);
    expect(uploads().map(([name]) => name)).toEqual(['a', 'c', 'd']);
  });

  it('says which file was refused, why, and what to do, until that is dismissed', async () => {
    const { request, stable, page, uploads, press, named } = await anUploadPage(textFile('empty.txt'));
    const refusal = { error: { code: 'file-empty', message: 'The file has no bytes.' } };
    request().flush(refusal, { status: 400, statusText: 'Bad Request' });
    await stable();
    const problem = 'empty.txt: The file has no bytes. Choose a file with something in it.';
    expect(page.querySelector('[role=alert]')?.textContent?.trim()).toBe(problem);
    expect(uploads()).toEqual([['empty.txt', '3 bytes · Not uploaded']]);
    expect(named('Try again to upload empty.txt')).toBeNull();
    await press('Dismiss the upload of empty.txt');
    expect(page.querySelector('[role=alert]')).toBeNull();
  });

  it('sends again what may do the next time', async () => {
    const { request, requests, stable, press, uploads } = await anUploadPage(textFile('a.txt'));
    request().error(new ProgressEvent('error'));
    await stable();
    await press('Try again to upload a.txt');
    expect(uploads()).toEqual([['a.txt', '3 bytes · 0 %']]);
    expect(document.activeElement?.textContent?.trim()).toBe('Cancel');
    expect(requests()).toHaveLength(1);
  });

  it('keeps the focus near when what had it is gone, whoever took it away', async () => {
    const { requests, press, stable, page, named } = await anUploadPage(...['a', 'b', 'c'].map(textFile));
    const [first, , third] = requests();
    await press('Cancel the upload of b');
    expect(document.activeElement).toBe(named('Cancel the upload of c'));
    third?.flush(aJob(), EPOCH);
    await stable();
    expect(document.activeElement).toBe(named('Cancel the upload of a'));
    first?.flush(aJob({ id: 'job-2' }), EPOCH);
    await stable();
    expect(document.activeElement).toBe(page.querySelector('h1'));
  });

  it('leaves the focus where it is when another is gone', async () => {
    const { requests, stable, named } = await anUploadPage(...['a', 'b'].map(textFile));
    named('Cancel the upload of b')?.focus();
    requests()[0]?.flush(aJob(), EPOCH);
    await stable();
    expect(document.activeElement).toBe(named('Cancel the upload of b'));
  });

  it('has the browser ask before the page is closed, as long as a file is on its way', async () => {
    const isAsked = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
    const { requests, stable } = await anUploadPage(...['a', 'b'].map(textFile));
    const [first, second] = requests();
    expect(isAsked()).toBe(true);
    first?.flush(aJob(), EPOCH);
    await stable();
    expect(isAsked()).toBe(true);
    second?.error(new ProgressEvent('error'));
    await stable();
    expect(isAsked()).toBe(false);
  });

  it('stops when its user signs out', async () => {
    const { requests, stable, uploads } = await anUploadPage(...['a', 'b', 'c', 'd'].map(textFile));
    const sent = requests();
    TestBed.inject(Store).dispatch(ConnectionActions.signedOut());
    await stable();
    expect(uploads()).toEqual([]);
    expect(sent.map(({ cancelled }) => cancelled)).toEqual([true, true, true]);
    expect(requests()).toEqual([]);
  });

  it('shortens a name that is too long for a title', async () => {
    const { request } = await anUploadPage(textFile('x'.repeat(255)));
    expect(((request().request.body as FormData).get('title') as string).length).toBe(200);
  });
});
