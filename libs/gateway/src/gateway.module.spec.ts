import type { JobSession } from '@harmonia/job-engine';
import { Module, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { SessionAuthenticator } from './connection/session-authenticator.js';
import { useHarmoniaSockets } from './connection/use-harmonia-sockets.js';
import { HarmoniaGatewayModule } from './gateway.module.js';
import { JobsGateway } from './jobs/jobs.gateway.js';
import { modulesOf, SECRET, SocketApp, tokenOf } from './socket-app.suite.js';

class Everybody extends SessionAuthenticator {
  async authenticate(): Promise<JobSession> {
    return { userId: 'everybody', roles: [], scopes: [], expiresAt: null };
  }
}

@Module({ providers: [Everybody], exports: [Everybody] })
class HostModule {}

describe('HarmoniaGatewayModule', () => {
  it('takes its options from a factory, and its shape beside it', async () => {
    const [jobs] = modulesOf();
    const gateway = HarmoniaGatewayModule.forRootAsync({
      http: false,
      imports: [HostModule],
      inject: [Everybody],
      useFactory: (authenticator: Everybody) => ({ authenticator, namespace: '/live' }),
    });
    const testing = await Test.createTestingModule({ imports: jobs ? [jobs, gateway] : [] }).compile();
    const app: INestApplication = testing.createNestApplication({ logger: false });
    useHarmoniaSockets(app);
    await app.init();
    expect(app.get(JobsGateway).server?.name).toBe('/live');
    expect(app.get(SessionAuthenticator)).toBeInstanceOf(Everybody);
    await app.close();
  });

  it('opens both doors unless told otherwise', async () => {
    const app = await SocketApp.start({ gateway: { sockets: undefined, http: undefined } });
    expect(await app.client({ token: tokenOf('ann') }).next('authenticated')).toMatchObject({ user: { id: 'ann' } });
    const answer = await fetch(`${app.url}/api/jobs`, { headers: { authorization: `Bearer ${tokenOf('ann')}` } });
    expect(answer.status).toBe(200);
    await app.stop();
  });

  it('opens neither when told so', async () => {
    const app = await SocketApp.start({ gateway: { sockets: false, http: false } });
    const answers = await Promise.all(['/api/jobs', '/socket.io/?EIO=4&transport=polling'].map((path) => fetch(app.url + path)));
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    await app.stop();
  });

  it('refuses a short secret when the app is made', async () => {
    const imports = modulesOf({ gateway: { jwt: { secret: SECRET.slice(0, 31) }, sockets: false } });
    await expect(Test.createTestingModule({ imports }).compile()).rejects.toThrow('shorter than 32 bytes');
  });
});
