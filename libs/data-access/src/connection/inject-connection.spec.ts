import { TestBed } from '@angular/core/testing';
import type { Action } from '@ngrx/store';
import { aHost, settle } from '../harmonia.fixture';
import { ConnectionActions } from './connection.actions';
import { injectConnection } from './inject-connection';

const LOST = { reason: 'cut-off', message: 'It was lost.', attempt: 1, at: 5, retryAt: 9 } as const;

describe('injectConnection', () => {
  it('[C6] tells trouble in words, also while it is tried to end it', () => {
    const { store } = aHost(() => null);
    const { state, trouble } = TestBed.runInInjectionContext(injectConnection);
    const after = (action: Action) => {
      store.dispatch(action);
      return [state().phase, trouble()];
    };
    expect([state().phase, trouble()]).toEqual(['idle', null]);
    expect(after(ConnectionActions.connectionStarted({ attempt: 1 }))).toEqual(['connecting', null]);
    expect(after(ConnectionActions.sessionAuthenticated({ userId: 'ada' }))).toEqual(['catching-up', null]);
    expect(after(ConnectionActions.watchesDeclared({ at: 1 }))).toEqual(['live', null]);
    expect(after(ConnectionActions.connectionLost(LOST))).toEqual(['lost', { phase: 'lost', reason: 'It was lost.' }]);
    expect(after(ConnectionActions.connectionStarted({ attempt: 2 }))).toEqual(['connecting', { phase: 'lost', reason: 'It was lost.' }]);
    const refusal = { code: 'origin-forbidden', message: 'Not from there.' } as const;
    expect(after(ConnectionActions.connectionRefused({ refusal }))).toEqual([
      'refused',
      { phase: 'refused', reason: 'Not from there. Add the address of this page to the allowed origins of the server.' },
    ]);
    expect(after(ConnectionActions.signedOut())).toEqual(['idle', null]);
  });

  it('[C6] counts down to the next try, from the moment it was lost, and only then', () => {
    jest.useFakeTimers({ now: 100_000 });
    const { store } = aHost(() => null);
    const { retryIn } = TestBed.runInInjectionContext(injectConnection);
    const loseFor = (wait: number) => {
      store.dispatch(ConnectionActions.connectionLost({ ...LOST, at: Date.now(), retryAt: Date.now() + wait }));
      TestBed.tick();
    };
    expect(retryIn()).toBeNull();
    loseFor(2_500);
    expect(retryIn()).toBe(3);
    jest.advanceTimersByTime(1_000);
    expect(retryIn()).toBe(2);
    jest.advanceTimersByTime(5_000);
    expect(retryIn()).toBe(0);
    store.dispatch(ConnectionActions.connectionStarted({ attempt: 2 }));
    TestBed.tick();
    expect([retryIn(), jest.getTimerCount()]).toEqual([null, 0]);
    jest.setSystemTime(900_000);
    loseFor(1_000);
    expect(retryIn()).toBe(1);
    jest.useRealTimers();
  });

  it('[C7] tries again when asked to', async () => {
    const { socket } = aHost();
    await settle();
    const connection = TestBed.runInInjectionContext(injectConnection);
    socket.end('unreachable', 60_000);
    connection.retry();
    await settle();
    expect(socket.tokens).toHaveLength(2);
  });
});
