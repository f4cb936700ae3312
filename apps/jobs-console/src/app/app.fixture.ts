import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { Injectable } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import { Store } from '@ngrx/store';
import { App } from './app';
import { appConfig } from './app.config';
import { Session } from './session/session';

/** What the demo answers for a user. */
export const aSession = (id: string, token = `token-of-${id}`) => ({
  token,
  user: { id, name: id.toUpperCase(), roles: id === 'admin' ? ['admin'] : [], scopes: [] },
});

/** Signs in as ever, but gives Harmonia no token: here is no gateway to connect to, its news are dispatched by hand. */
@Injectable()
class UnconnectedSession extends Session {
  override readonly token = () => null;
}

/** The whole console with all its providers; only the server is played. */
export async function aConsole(address = '/') {
  const unconnected = { provide: Session, useClass: UnconnectedSession };
  TestBed.configureTestingModule({ providers: [...appConfig({ gateway: {} }).providers, provideHttpClientTesting(), unconnected] });
  const fixture = TestBed.createComponent(App);
  const router = TestBed.inject(Router);
  const server = TestBed.inject(HttpTestingController);
  const page: HTMLElement = fixture.nativeElement;
  /** Pages load lazily, over more turns than promises take. */
  const until = async (condition: () => boolean) => {
    for (let turn = 0; turn < 200 && !condition(); turn++) {
      await new Promise((resolve) => setTimeout(resolve));
      TestBed.tick();
    }
    if (!condition()) throw new Error(`It did not come to that. The page says: ${page.textContent}`);
  };
  const requested = async (method: string, url: string) => {
    let found = server.match({ method, url });
    await until(() => (found = found.length > 0 ? found : server.match({ method, url })).length > 0);
    const [request] = found;
    if (!request) throw new Error('It was not asked for.');
    return request;
  };
  void router.navigateByUrl(address);
  return {
    page,
    router,
    until,
    requested,
    store: TestBed.inject(Store),
    button: (name: string) =>
      [...page.querySelectorAll('button')].find(({ textContent, ariaLabel }) => `${textContent} ${ariaLabel}`.includes(name)),
    /** Plays the demo sign-in of this user. */
    signIn: async (id: string) => {
      (await requested('GET', '/api/auth/demo')).flush({ users: [aSession('ada').user, aSession(id).user] });
      await until(() => page.textContent?.includes(id.toUpperCase()) ?? false);
      [...page.querySelectorAll('button')].find(({ textContent }) => textContent?.includes(id.toUpperCase()))?.click();
      (await requested('POST', '/api/auth/demo')).flush(aSession(id));
    },
  };
}
