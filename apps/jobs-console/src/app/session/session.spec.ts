import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { aSession } from '../app.fixture';
import { CONSOLE_CONFIG } from '../console-config';
import { Session } from './session';

function setUp() {
  const config = { gateway: { url: 'https://jobs.example.com/', api: '/v1' } };
  TestBed.configureTestingModule({ providers: [provideHttpClientTesting(), { provide: CONSOLE_CONFIG, useValue: config }] });
  const server = TestBed.inject(HttpTestingController);
  return { session: TestBed.inject(Session), request: () => server.expectOne('https://jobs.example.com/v1/auth/demo') };
}

describe('Session', () => {
  beforeEach(() => sessionStorage.clear());

  it('has no token while nobody is signed in', () => {
    const { session } = setUp();
    expect([session.token(null), session.user()]).toEqual([null, null]);
  });

  it('[C7] hands out its token until that is refused, then another', async () => {
    const { session, request } = setUp();
    const signedIn = session.signIn('ada');
    request().flush(aSession('ada', 'token-1'));
    await signedIn;
    const user = session.user();
    expect(session.token(null)).toBe('token-1');
    const renewed = session.token({ code: 'token-expired', message: 'Too late.' });
    request().flush(aSession('ada', 'token-2'));
    expect(await renewed).toBe('token-2');
    expect(session.token(null)).toBe('token-2');
    expect(session.user()).toBe(user);
  });

  it('does not ask anybody when there is nobody to resume', async () => {
    const { session } = setUp();
    expect(await session.resume()).toBe(false);
  });
});
