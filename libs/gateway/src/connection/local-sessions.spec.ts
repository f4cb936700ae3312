import { LocalSessions } from './local-sessions.js';

const sessions = new LocalSessions();
const headers = { host: 'localhost:3000' };
const HERE = { token: 'ada', headers, cookies: {}, address: '127.0.0.1' };

describe('LocalSessions', () => {
  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('takes the token of %s for the name of the user', async (address) => {
    await expect(sessions.authenticate({ ...HERE, address })).resolves.toEqual({ userId: 'ada', roles: [], scopes: [], expiresAt: null });
  });

  it.each(['192.168.0.7', '::ffff:10.0.0.1', 'fe80::1', '1127.0.0.1', '127.0.0.1.evil', ''])(
    'refuses who comes from %s',
    async (address) => {
      await expect(sessions.authenticate({ ...HERE, address })).rejects.toMatchObject({
        code: 'token-invalid',
        message: expect.stringContaining('set jwt'),
      });
    },
  );

  it.each(['forwarded', 'x-forwarded-for', 'x-real-ip'])('refuses who comes through a proxy, which says so in %s', async (name) => {
    await expect(sessions.authenticate({ ...HERE, headers: { ...headers, [name]: '127.0.0.1' } })).rejects.toMatchObject({
      code: 'token-invalid',
    });
  });

  it.each(['127.0.0.1:3000', '[::1]', 'jobs.localhost'])('takes who calls it %s', async (host) => {
    await expect(sessions.authenticate({ ...HERE, headers: { host } })).resolves.toMatchObject({ userId: 'ada' });
  });

  it.each(['evil.example:3000', 'localhost.evil.example', '127.0.0.1.evil.example', undefined])(
    'refuses who calls it %s, as a page whose name was made to point here',
    async (host) => {
      await expect(sessions.authenticate({ ...HERE, headers: { host } })).rejects.toMatchObject({ code: 'token-invalid' });
    },
  );

  it('asks for a name, and for one that can be a user’s [R8]', async () => {
    await expect(sessions.authenticate({ headers, cookies: {}, address: '::1' })).rejects.toMatchObject({ code: 'token-missing' });
    await expect(sessions.authenticate({ ...HERE, token: 'a\nb' })).rejects.toMatchObject({ code: 'token-invalid' });
  });
});
