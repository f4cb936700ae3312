import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { provideRouter, Router } from '@angular/router';
import { aSession } from '../app.fixture';
import { CONSOLE_CONFIG } from '../console-config';
import { Session } from './session';

const EXPIRED = { code: 'token-expired', message: 'Too late.' } as const;

function setUp() {
  TestBed.resetTestingModule();
  const config = { gateway: { url: 'https://jobs.example.com/', api: '/v1' } };
  TestBed.configureTestingModule({
    providers: [provideHttpClientTesting(), provideRouter([{ path: '**', children: [] }]), { provide: CONSOLE_CONFIG, useValue: config }],
  });
  const server = TestBed.inject(HttpTestingController);
  const session = TestBed.inject(Session);
  const request = () => server.expectOne('https://jobs.example.com/v1/auth/demo');
  const signIn = async (id: string, token: string) => {
    const signedIn = session.signIn(id);
    request().flush(aSession(id, token));
    await signedIn;
  };
  return { session, request, signIn, server };
}

/** As after a reload of a page on which Ada was signed in. */
async function reloaded() {
  await setUp().signIn('ada', 'token-1');
  return setUp();
}

describe('Session', () => {
  beforeEach(() => sessionStorage.clear());

  it('has no token while nobody is signed in', () => {
    const { session } = setUp();
    expect([session.token(null), session.user()]).toEqual([null, null]);
  });

  it('[C7] hands out its token until that is refused, then another, asked for once for all who want one', async () => {
    const { session, request, signIn, server } = setUp();
    await signIn('ada', 'token-1');
    const user = session.user();
    expect(session.token(null)).toBe('token-1');
    const [forOne, forAnother] = [session.token(EXPIRED), session.token(EXPIRED)];
    request().flush(aSession('ada', 'token-2'));
    expect([await forOne, await forAnother]).toEqual(['token-2', 'token-2']);
    expect(session.token(null)).toBe('token-2');
    expect(session.user()).toBe(user);
    server.verify();
  });

  it('[C8] knows after a reload who is signed in, and asks for a token when one is wanted', async () => {
    const { session, request } = await reloaded();
    expect(session.user()).toEqual(aSession('ada').user);
    const token = session.token(null);
    request().flush(aSession('ada', 'token-2'));
    expect(await token).toBe('token-2');
  });

  it('[C7] stays signed in while the gateway cannot be reached, and asks again at the next try', async () => {
    const { session, request } = await reloaded();
    const first = session.token(null);
    request().error(new ProgressEvent('error'));
    await expect(first).rejects.toThrow('The gateway cannot be reached.');
    expect(session.user()?.id).toBe('ada');
    const second = session.token(null);
    request().flush(aSession('ada', 'token-2'));
    expect(await second).toBe('token-2');
  });

  it('asks who is there when whoever was remembered is no longer let in', async () => {
    const { session, request, signIn } = await reloaded();
    const router = TestBed.inject(Router);
    await router.navigateByUrl('/jobs/job-7');
    const token = session.token(null);
    request().flush(null, { status: 403, statusText: 'Forbidden' });
    expect(await token).toBeNull();
    expect([session.user(), router.url, sessionStorage.length]).toEqual([null, '/sign-in?to=%2Fjobs%2Fjob-7', 0]);
    expect(session.hasEnded()).toBe(true);
    await signIn('ada', 'token-2');
    expect(session.hasEnded()).toBe(false);
    session.signOut();
    expect(session.hasEnded()).toBe(false);
  });

  it('[S8] ends the session on the server at the sign-out, and does not wait for it', async () => {
    const { session, signIn, server } = setUp();
    await signIn('ada', 'token-1');
    session.signOut();
    expect([session.user(), session.token(null)]).toEqual([null, null]);
    const request = server.expectOne({ method: 'DELETE', url: 'https://jobs.example.com/v1/session' });
    expect(request.request.headers.get('Authorization')).toBe('Bearer token-1');
    request.error(new ProgressEvent('error'));
    server.verify();
  });

  it('[C8] stays signed out when a token comes too late', async () => {
    const { session, request } = await reloaded();
    const token = session.token(null);
    session.signOut();
    request().flush(aSession('ada', 'token-2'));
    expect(await token).toBeNull();
    expect([session.user(), session.token(null), sessionStorage.length]).toEqual([null, null, 0]);
  });

  it('[C8] leaves whoever came after alone when the token of the one before cannot be had', async () => {
    const { session, signIn, server } = await reloaded();
    const adas = session.token(null);
    const late = server.expectOne(() => true);
    session.signOut();
    await signIn('grace', 'token-of-grace');
    late.flush(null, { status: 403, statusText: 'Forbidden' });
    expect(await adas).toBeNull();
    expect([session.user()?.id, session.token(null)]).toEqual(['grace', 'token-of-grace']);
    server.verify();
  });

  it.each(['ada', '{"id":7}'])('takes %s in the storage for nobody', (kept) => {
    sessionStorage.setItem('harmonia-demo-user', kept);
    expect(setUp().session.user()).toBeNull();
  });
});
