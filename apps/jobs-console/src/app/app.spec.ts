import { Title } from '@angular/platform-browser';
import { TestBed } from '@angular/core/testing';
import { ConnectionActions, ɵHarmoniaConnection, JobsActions, MessagesActions, type JobFrame } from '@harmonia/data-access';
import { aConsole, aSession } from './app.fixture';

function aFrame(changes: object): JobFrame {
  const at = '2026-03-01T10:00:00.000Z';
  const state = {
    id: 'job-1',
    userId: 'grace',
    jobType: 'simulate',
    status: 'queued',
    progress: null,
    attempt: 1,
    version: 1,
    bodyVersion: 1,
  } as const;
  const body = { title: 'Report', tags: [], input: null, result: null, bodyVersion: 1 };
  return { epoch: 'epoch-1', jobs: [{ state: { ...state, createdAt: at, updatedAt: at, ...changes }, body }], removed: [], sync: null };
}

describe('the console', () => {
  beforeEach(() => sessionStorage.clear());

  it('asks who is there, and then goes where they wanted to go', async () => {
    const { page, router, signIn, until } = await aConsole('/jobs/job-7');
    await signIn('grace');
    await until(() => router.url === '/jobs/job-7');
    await until(() => page.querySelector('harmonia-job-detail') !== null);
    expect(page.querySelector('.user')?.textContent).toContain('GRACE');
    expect(TestBed.inject(Title).getTitle()).toBe('Job · Harmonia');
  });

  it('[C8] remembers who, never the token, and needs no answer of the gateway to show their pages after a reload', async () => {
    const first = await aConsole();
    await first.signIn('grace');
    await first.until(() => first.router.url === '/jobs');
    expect(Object.values({ ...sessionStorage })).toEqual([JSON.stringify(aSession('grace').user)]);
    TestBed.resetTestingModule();
    const second = await aConsole('/jobs');
    await second.until(() => second.page.querySelector('harmonia-job-list') !== null);
    expect([second.router.url, second.page.querySelector('.user')?.textContent.trim()]).toEqual(['/jobs', 'GRACE']);
  });

  it('leads whoever is signed in from the sign-in to the jobs', async () => {
    const { router, signIn, until } = await aConsole();
    await signIn('grace');
    await until(() => router.url === '/jobs');
    await router.navigateByUrl('/sign-in');
    expect(router.url).toBe('/jobs');
  });

  it('signs out: forgets who it was and asks again', async () => {
    const { page, router, signIn, until, button } = await aConsole();
    await signIn('grace');
    await until(() => router.url === '/jobs');
    button('Sign out')?.click();
    await until(() => router.url === '/sign-in');
    expect([{ ...sessionStorage }, page.querySelector('.user')]).toEqual([{}, null]);
  });

  it('[C6] says how the connection stands, and stays at lost while it is tried again', async () => {
    const { page, store, signIn, until, router } = await aConsole();
    await signIn('grace');
    await until(() => router.url === '/jobs');
    const badge = () => page.querySelector('harmonia-connection-badge')?.textContent;
    await until(() => badge() === 'Connecting…');
    store.dispatch(ConnectionActions.watchesDeclared({ at: 1 }));
    await until(() => badge() === 'Live');
    store.dispatch(ConnectionActions.connectionLost({ reason: 'cut-off', message: 'It was lost.', attempt: 1, at: 0, retryAt: 500 }));
    store.dispatch(ConnectionActions.connectionStarted({ attempt: 2 }));
    await until(() => badge() !== 'Live');
    expect(badge()).toBe('Reconnecting…');
  });

  it('[C7] counts down to the next try in the bar, and tries at once when asked to', async () => {
    const { page, store, signIn, until, router, button } = await aConsole();
    await signIn('grace');
    await until(() => router.url === '/jobs');
    expect(button('Try to connect now')).toBeUndefined();
    const at = Date.now();
    store.dispatch(ConnectionActions.connectionLost({ reason: 'cut-off', message: 'Lost.', attempt: 5, at, retryAt: at + 8_000 }));
    await until(() => page.querySelector('.countdown')?.textContent === '8 s');
    const retry = jest.spyOn(TestBed.inject(ɵHarmoniaConnection), 'retry');
    button('Try to connect now')?.click();
    expect(retry).toHaveBeenCalledTimes(1);
    store.dispatch(ConnectionActions.watchesDeclared({ at }));
    await until(() => page.querySelector('.countdown') === null);
    expect(button('Try to connect now')).toBeUndefined();
  });

  it('tells screen readers politely what became of a job, and leaves nothing of that to the next user', async () => {
    const { store, until } = await aConsole();
    store.dispatch(JobsActions.jobsReceived(aFrame({ status: 'processing', version: 2 })));
    const said = () => document.querySelector('[aria-live=polite]')?.textContent;
    await until(() => said() !== '');
    expect(said()).toBe('Report is running');
    store.dispatch(ConnectionActions.signedOut());
    expect(said()).toBe('');
  });

  it('[M2] shows and reads out what the user is told, until it is dismissed', async () => {
    const { page, store, until, button } = await aConsole();
    const notification = {
      id: 'a',
      title: 'Tonight',
      message: 'We stop at ten.',
      level: 'warning',
      at: '',
      audience: 'announcement',
    } as const;
    store.dispatch(MessagesActions.announcementReceived({ notification }));
    await until(() => page.querySelector('harmonia-toast') !== null);
    expect(page.querySelector('harmonia-toast')?.textContent).toContain('We stop at ten.');
    const said = () => document.querySelector('[aria-live=polite]')?.textContent;
    await until(() => said() !== '');
    expect(said()).toBe('Warning: Tonight. We stop at ten.');
    button('Dismiss: Tonight')?.click();
    await until(() => page.querySelector('harmonia-toast') === null);
  });

  it('moves the focus to a new page, and lets it be moved there', async () => {
    const { page, router, signIn, until, button } = await aConsole();
    document.body.append(page);
    await signIn('grace');
    await until(() => router.url === '/jobs');
    await until(() => document.activeElement === page.querySelector('main'));
    page.querySelector('a')?.focus();
    button('Skip to content')?.click();
    expect(document.activeElement).toBe(page.querySelector('main'));
    page.remove();
  });

  it('leads admins, and nobody else, to the operations page', async () => {
    const { page, router, signIn, until, button } = await aConsole();
    const link = () => [...page.querySelectorAll('nav a')].find(({ textContent }) => textContent?.includes('Operations'));
    await signIn('grace');
    await until(() => router.url === '/jobs');
    expect(page.querySelector('nav')).toBeNull();
    button('Sign out')?.click();
    await until(() => router.url === '/sign-in');
    await signIn('admin');
    await until(() => link() !== undefined);
    link()?.dispatchEvent(new MouseEvent('click', { cancelable: true }));
    await until(() => page.querySelector('harmonia-operations') !== null);
    expect([router.url, TestBed.inject(Title).getTitle(), link()?.ariaCurrent]).toEqual(['/operations', 'Operations · Harmonia', 'page']);
  });

  it('says to everybody else that the operations page is for administrators only', async () => {
    const { page, router, signIn, until } = await aConsole('/operations');
    await signIn('grace');
    await until(() => page.querySelector('harmonia-forbidden') !== null);
    expect([router.url, page.querySelector('h1')?.textContent]).toEqual(['/operations', 'For administrators only']);
    expect(page.querySelector('harmonia-operations')).toBeNull();
  });

  it('says so when there is no such page', async () => {
    const { page, until } = await aConsole('/nowhere');
    await until(() => page.querySelector('h1') !== null);
    expect(page.querySelector('h1')?.textContent).toBe('There is no such page');
  });
});
