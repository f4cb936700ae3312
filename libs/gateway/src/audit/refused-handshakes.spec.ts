import { AuditTrail } from '@harmonia/job-engine';
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
});
