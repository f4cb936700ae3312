import { TestBed } from '@angular/core/testing';
import { BehaviorSubject, Subject } from 'rxjs';
import { aHost, settle } from '../harmonia.fixture';
import { withToken } from '../provide-harmonia';

const aHostOf = (source: Parameters<typeof withToken>[0]) => aHost(() => null, [...withToken(source).providers]);

describe('withToken', () => {
  it('[C7] follows an observable: signs in, changes, signs out', async () => {
    const tokens = new Subject<string | null>();
    const host = aHostOf(tokens);
    await settle();
    expect(host.connection()).toEqual({ phase: 'idle' });
    tokens.next('token-1');
    await settle();
    host.socket.accept();
    tokens.next('token-2');
    await settle();
    expect([host.socket.tokens, host.socket.renewals.map(({ token }) => token)]).toEqual([['token-1'], ['token-2']]);
    tokens.next(null);
    await settle();
    expect([host.socket.isConnected, host.connection()]).toEqual([false, { phase: 'idle' }]);
  });

  it('[C7] takes the latest token at each connect, and lets the observable go with the application', async () => {
    const tokens = new BehaviorSubject<string | null>('token-1');
    const host = aHostOf(tokens);
    await settle();
    host.socket.end('cut-off', 60_000);
    tokens.next('token-2');
    await settle();
    expect(host.socket.tokens).toEqual(['token-1', 'token-2']);
    TestBed.resetTestingModule();
    expect(tokens.observed).toBe(false);
  });
});
