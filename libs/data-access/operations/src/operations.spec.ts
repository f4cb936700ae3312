import { HttpTestingController } from '@angular/common/http/testing';
import { createEnvironmentInjector, EnvironmentInjector, runInInjectionContext } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { Refusal } from '@harmonia/contract';
import { ConnectionActions } from '@harmonia/data-access';
import { show } from '../../src/connection/page.fixture';
import { aHost } from '../../src/harmonia.fixture';
import { injectOperations } from './inject-operations';
import { aConnection, someConnections, someFigures } from './operations.fixture';
import { provideOperations } from './provide-operations';

const STATS = '/api/v1/websocket/stats';
const CONNECTIONS = '/api/v1/websocket/connections';

/** An admin's page whose clock is driven by hand. */
async function aPage() {
  jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
  const host = aHost(() => 'token-1', [provideOperations()]);
  const server = TestBed.inject(HttpTestingController);
  const turn = (milliseconds = 0) => jest.advanceTimersByTimeAsync(milliseconds);
  const watch = () => {
    const view = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
    return { ref: runInInjectionContext(view, injectOperations), leave: () => view.destroy() };
  };
  const watched = watch();
  await turn();
  /** Answers the questions that wait; says for which connections was asked. */
  const answer = async (figures = someFigures(), connections = someConnections()) => {
    server.expectOne(STATS).flush({ success: true, data: figures });
    const [request] = server.match(({ url }) => url.startsWith(CONNECTIONS));
    request?.flush({ success: true, data: connections });
    await turn();
    return request?.request.url.slice(CONNECTIONS.length);
  };
  const refuse = async (error: Refusal, status: number) => {
    server.match(({ url }) => url.startsWith(CONNECTIONS));
    server.expectOne(STATS).flush({ error }, { status, statusText: 'No' });
    await turn();
  };
  /** How many questions wait. */
  const waiting = () => server.match(STATS).length;
  return { ...host, ...watched, watch, server, turn, answer, refuse, waiting };
}

describe('injectOperations', () => {
  afterEach(() => {
    show('visible');
    jest.useRealTimers();
  });

  it('asks when it is used, and 2 s after each answer', async () => {
    const page = await aPage();
    expect(page.ref.view()).toEqual({ phase: 'loading' });
    await page.answer();
    expect(page.ref.view()).toMatchObject({ phase: 'shown', figures: someFigures(), connections: someConnections(), refusal: null });
    expect([page.ref.totals()?.connected, page.ref.samples().length]).toEqual([2, 1]);
    await page.turn(1_999);
    expect(page.waiting()).toBe(0);
    await page.turn(1);
    await page.answer(someFigures([]));
    expect([page.ref.totals()?.connected, page.ref.samples().length]).toEqual([0, 2]);
  });

  it('asks no longer when nobody looks, and begins anew for the next', async () => {
    const page = await aPage();
    await page.answer();
    const second = page.watch();
    page.leave();
    await page.turn(2_000);
    await page.answer();
    second.leave();
    await page.turn(60_000);
    expect(page.waiting()).toBe(0);
    const third = page.watch();
    await page.turn();
    expect([third.ref.view().phase, third.ref.samples().length, page.waiting()]).toEqual(['loading', 0, 1]);
  });

  it('asks nothing in a page that cannot be seen, and at once when it can', async () => {
    const page = await aPage();
    await page.answer();
    show('hidden');
    await page.turn(60_000);
    expect(page.waiting()).toBe(0);
    show('visible');
    await page.turn();
    expect(page.waiting()).toBe(1);
  });

  it('turns pages of connections, and narrows them to one user', async () => {
    const page = await aPage();
    expect(await page.answer(someFigures(), someConnections([aConnection()], 'p2'))).toBe('');
    page.ref.turnPage(true);
    page.ref.turnPage(true);
    await page.turn();
    const [, again] = [page.server.match(STATS), page.server.match(`${CONNECTIONS}?page=p2`)];
    expect([again.length, page.ref.asked()]).toEqual([2, { userId: null, pages: ['p2'] }]);
    page.ref.turnPage(false);
    await page.turn();
    expect(await page.answer()).toBe('');
    page.ref.turnPage(true);
    expect(page.ref.asked().pages).toEqual([]);
    await page.turn();
    await page.answer();
    page.ref.chooseUser('ann é');
    await page.turn();
    expect(await page.answer()).toBe('?userId=ann+%C3%A9');
  });

  it('keeps what is shown while the gateway cannot be reached, and goes on by itself', async () => {
    const page = await aPage();
    await page.answer();
    await page.turn(2_000);
    page.server.match(({ url }) => url.startsWith(CONNECTIONS));
    page.server.expectOne(STATS).error(new ProgressEvent('error'));
    await page.turn();
    expect(page.ref.view()).toMatchObject({ phase: 'shown', refusal: { code: 'unavailable' } });
    await page.turn(2_000);
    await page.answer();
    expect(page.ref.view()).toMatchObject({ phase: 'shown', refusal: null });
  });

  it('asks no sooner than the gateway wants to be asked', async () => {
    const page = await aPage();
    await page.refuse({ code: 'unavailable', message: 'Later.', retryAfterMs: 10_000 }, 503);
    expect(page.ref.view()).toEqual({ phase: 'refused', refusal: { code: 'unavailable', message: 'Later.', retryAfterMs: 10_000 } });
    await page.turn(9_999);
    expect(page.waiting()).toBe(0);
    await page.turn(1);
    expect(page.waiting()).toBe(1);
  });

  it('shows nothing to those who may not see it, not even what they could before, and asks again only when told to', async () => {
    const page = await aPage();
    await page.answer();
    await page.turn(2_000);
    await page.refuse({ code: 'forbidden', message: 'No.' }, 403);
    expect(page.ref.view()).toEqual({ phase: 'refused', refusal: { code: 'forbidden', message: 'No.' } });
    await page.turn(60_000);
    expect(page.waiting()).toBe(0);
    page.ref.askAgain();
    await page.turn();
    await page.answer();
    expect(page.ref.view().phase).toBe('shown');
  });

  it('[C8] forgets everything when the user signs out, and asks no longer, until somebody signs in', async () => {
    const page = await aPage();
    await page.answer();
    page.store.dispatch(ConnectionActions.signedOut());
    await page.turn(60_000);
    expect([page.ref.view(), page.ref.samples(), page.waiting()]).toEqual([{ phase: 'loading' }, [], 0]);
    page.store.dispatch(ConnectionActions.sessionAuthenticated({ userId: 'grace' }));
    await page.turn();
    await page.answer();
    expect(page.ref.view().phase).toBe('shown');
  });

  it('takes what it does not understand for an error', async () => {
    const page = await aPage();
    page.server.match(({ url }) => url.startsWith(CONNECTIONS));
    page.server.expectOne(STATS).flush({ connected: 'many' });
    await page.turn();
    expect(page.ref.view()).toMatchObject({ phase: 'refused', refusal: { code: 'internal-error' } });
  });
});
