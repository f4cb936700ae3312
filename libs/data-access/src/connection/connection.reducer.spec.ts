import type { Action } from '@ngrx/store';
import { ConnectionActions as Happened } from './connection.actions';
import { connectionReducer } from './connection.reducer';

const after = (...actions: readonly Action[]) => actions.reduce(connectionReducer, undefined) ?? { phase: 'idle' };

const expired = Happened.connectionLost({ reason: 'token-expired', message: 'Too late.', attempt: 1, at: 5, retryAt: 6 });
const unreachable = Happened.connectionLost({ reason: 'unreachable', message: 'Nobody there.', attempt: 2, at: 7, retryAt: 9 });
const started = Happened.connectionStarted({ attempt: 3 });
const authenticated = Happened.sessionAuthenticated({ userId: 'ada' });
const lastRefusal = { code: 'token-expired', message: 'Too late.' };

describe('connectionReducer', () => {
  it('[C6] keeps what the server refused last until it is live', () => {
    expect(after(expired)).toEqual({
      phase: 'lost',
      since: 5,
      reason: 'token-expired',
      message: 'Too late.',
      attempt: 1,
      retryAt: 6,
      lastRefusal,
    });
    expect(after(expired, unreachable)).toMatchObject({ phase: 'lost', reason: 'unreachable', lastRefusal });
    expect(after(expired, started)).toEqual({ phase: 'connecting', attempt: 3, lastProblem: 'Too late.', lastRefusal });
    expect(after(expired, started, authenticated)).toEqual({ phase: 'catching-up', lastRefusal });
    expect(after(expired, started, authenticated, Happened.watchesDeclared({ at: 8 }))).toEqual({ phase: 'live', since: 8 });
    expect(after(unreachable)).toMatchObject({ lastRefusal: null });
  });

  it('[C6] keeps a final refusal while it is tried once more', () => {
    const refusal = { code: 'origin-forbidden', message: 'Not from there.' } as const;
    expect(after(Happened.connectionRefused({ refusal }))).toEqual({ phase: 'refused', refusal });
    expect(after(Happened.connectionRefused({ refusal }), started)).toMatchObject({ phase: 'connecting', lastRefusal: refusal });
  });

  it('[C6] is stale since the first sync that failed, until one is answered', () => {
    const failed = (at: number) => Happened.syncFailed({ reason: 'timeout', message: 'No answer.', at });
    const refusal = { code: 'timeout', message: 'No answer.' };
    const live = Happened.watchesDeclared({ at: 1 });
    expect(after(authenticated, failed(3))).toEqual({ phase: 'stale', since: 3, lastRefusal: refusal });
    expect(after(authenticated, live, failed(3), failed(4))).toEqual({ phase: 'stale', since: 3, lastRefusal: refusal });
    expect(after(authenticated, live, failed(3), Happened.watchesDeclared({ at: 6 }))).toEqual({ phase: 'live', since: 6 });
    expect(after(authenticated, live, failed(3), unreachable)).toMatchObject({ phase: 'lost', lastRefusal: refusal });
  });

  it('forgets everything when signed out', () => {
    expect(after(expired, Happened.signedOut())).toEqual({ phase: 'idle' });
  });
});
