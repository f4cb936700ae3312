import { AuditTrail } from '@harmonia/job-engine';
import type { INestApplication } from '@nestjs/common';
import { useHarmoniaSockets } from '../connection/use-harmonia-sockets.js';
import { TOKENS } from '../http/jobs-app.fixture.js';
import { SocketApp } from '../socket-app.suite.js';

describe('refused handshakes', () => {
  it('[A1] are noted with their address and code, at most 60 a minute, and never with a token', async () => {
    const app = await SocketApp.start();
    const refusals = Array.from({ length: 70 }, () => app.client({ token: TOKENS.garbage }).next('connect_error'));
    await Promise.all(refusals);
    const { entries } = await app.app.get(AuditTrail).list({ limit: 200 });
    expect(entries).toHaveLength(60);
    expect(new Set(entries.map(({ what, who, outcome }) => `${what} ${who?.userId} ${outcome}`))).toEqual(
      new Set(['handshake undefined token-invalid']),
    );
    expect(entries[0]?.from).toMatch(/127\.0\.0\.1$/);
    expect(JSON.stringify(entries)).not.toContain('garbage');
    await app.stop();
  });

  it('[A1] are noted with the address that a proxy of the host says, and that nobody else can say', async () => {
    const proxied = (app: INestApplication) => {
      app.getHttpAdapter().getInstance().set('trust proxy', 1);
      useHarmoniaSockets(app);
    };
    const noted = async (prepare: typeof proxied): Promise<string | null | undefined> => {
      const app = await SocketApp.start({ prepare });
      await app.client({ token: 'garbage' }, { extraHeaders: { 'x-forwarded-for': '203.0.113.7' } }).next('connect_error');
      const { entries } = await app.app.get(AuditTrail).list({ limit: 5 });
      await app.stop();
      return entries[0]?.from;
    };
    expect(await noted(proxied)).toBe('203.0.113.7');
    expect(await noted(useHarmoniaSockets)).toMatch(/127\.0\.0\.1$/);
  });
});
