import { aConsole, aSession } from '../app.fixture';

describe('SignIn', () => {
  beforeEach(() => sessionStorage.clear());

  it('says what each user may do', async () => {
    const { page, requested, until } = await aConsole('/sign-in');
    const { user } = aSession('ada');
    const users = [user, { ...user, id: 'root', roles: ['admin'] }, { ...user, id: 'worker', scopes: ['jobs:report'] }];
    (await requested('GET', '/api/auth/demo')).flush({ users });
    await until(() => page.querySelectorAll('li').length === 3);
    expect([...page.querySelectorAll('li .about')].map(({ textContent }) => textContent)).toEqual([
      'Sees jobs of their own',
      'Administrator: may see everybody’s jobs',
      'Worker: reports on jobs run elsewhere',
    ]);
  });

  it('says that this gateway has no demo sign-in', async () => {
    const { page, requested, until } = await aConsole('/sign-in');
    (await requested('GET', '/api/auth/demo')).flush(null, { status: 404, statusText: 'Not Found' });
    await until(() => page.querySelector('h2') !== null);
    expect(page.querySelector('h2')?.textContent).toBe('No demo sign-in here');
  });

  it('says that the server cannot be reached, and asks again when told to', async () => {
    const { page, requested, until, button } = await aConsole('/sign-in');
    (await requested('GET', '/api/auth/demo')).error(new ProgressEvent('error'));
    await until(() => page.querySelector('h2') !== null);
    expect(page.querySelector('h2')?.textContent).toBe('The server cannot be reached');
    button('Try again')?.click();
    (await requested('GET', '/api/auth/demo')).flush({ users: [aSession('ada').user] });
    await until(() => page.querySelector('li') !== null);
    expect(page.querySelector('li')?.textContent).toContain('ADA');
  });

  it('says when signing in did not work, and lets try again', async () => {
    const { page, requested, until, button, router } = await aConsole('/sign-in');
    (await requested('GET', '/api/auth/demo')).flush({ users: [aSession('ada').user] });
    await until(() => button('ADA') !== undefined);
    button('ADA')?.click();
    await until(() => button('Signing in…') !== undefined);
    (await requested('POST', '/api/auth/demo')).flush(null, { status: 500, statusText: 'Broken' });
    await until(() => page.querySelector('[role=alert]') !== null);
    button('ADA')?.click();
    (await requested('POST', '/api/auth/demo')).flush(aSession('ada'));
    await until(() => router.url === '/jobs');
    expect(router.url).toBe('/jobs');
  });
});
