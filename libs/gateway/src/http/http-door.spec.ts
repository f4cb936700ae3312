import { DiskFileStore, HarmoniaJobsModule, JOB_STORE, SqliteJobStore, type JobStore } from '@harmonia/job-engine';
import { RefusalError, type RefusalCode } from '@harmonia/contract';
import {
  BadRequestException,
  Controller,
  ForbiddenException,
  Get,
  HttpException,
  Injectable,
  Module,
  ServiceUnavailableException,
  VersioningType,
  type ArgumentMetadata,
  type CanActivate,
  type ExecutionContext,
  type LoggerService,
  type PipeTransform,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SessionAuthenticator } from '../connection/session-authenticator.js';
import { HarmoniaGatewayModule } from '../gateway.module.js';
import { formOf, JobsApp, refusal, SECRET, type Answer, type JobsAppOptions } from './jobs-app.fixture.js';
import { harmoniaSessionOf } from './request-session.js';

describe('the HTTP door', () => {
  let app: JobsApp | undefined;
  afterEach(async () => {
    await app?.stop();
    app = undefined;
  });
  const start = async (options: JobsAppOptions) => (app = await JobsApp.start(options));
  const create = (at: string) => app?.call('POST', at, { json: { jobType: 'simulate', id: 'a' } }) as Promise<Answer>;

  describe('stands where the host puts it', () => {
    it.each<[string, JobsAppOptions, string]>([
      ['api, when nothing is said', {}, '/api/jobs'],
      ['another prefix', { http: { prefix: 'harmonia/v2' } }, '/harmonia/v2/jobs'],
      ['a prefix with slashes', { http: { prefix: '/api/' } }, '/api/jobs'],
      ['no prefix', { http: { prefix: '' } }, '/jobs'],
      ['after a global prefix', { prepare: (host) => host.setGlobalPrefix('host') }, '/host/api/jobs'],
      ['after a global prefix with slashes', { prepare: (host) => host.setGlobalPrefix('/host/') }, '/host/api/jobs'],
      ['outside of a global prefix', { prepare: (host) => host.setGlobalPrefix('host', { exclude: ['api/{*path}'] }) }, '/api/jobs'],
      [
        'besides the versions of the host',
        { prepare: (host) => host.enableVersioning({ type: VersioningType.URI, defaultVersion: '7' }) },
        '/api/jobs',
      ],
    ])('%s', async (_, options, path) => {
      await start(options);
      const created = await create(path);
      expect([created.status, created.headers.get('location')]).toEqual([201, `${path}/a`]);
      expect((await app?.call('GET', `${path}/a`))?.body.id).toBe('a');
      await app?.publisher.completed('a', 'done');
      const ticket = await app?.call('POST', `${path}/a/result/ticket`);
      expect((await app?.call('GET', ticket?.body.url, { as: null }))?.body).toBe('done');
      const broken = await app?.call('POST', path, { raw: { type: 'application/json', body: '{' } });
      expect(broken && refusal(broken)).toBe('payload-invalid');
      const unknown = await app?.call('PATCH', `${path}/a`);
      expect(unknown && refusal(unknown)).toBe('verb-unknown');
    });

    it('nowhere, when it is switched off', async () => {
      await start({ http: false });
      expect((await create('/api/jobs')).status).toBe(404);
      expect((await create('/api/jobs')).headers.has('harmonia-epoch')).toBe(false);
    });

    it('with options that come late', async () => {
      @Injectable()
      class Settings {
        readonly secret = SECRET;
        readonly maxUploadBytes = 3;
      }
      @Module({ providers: [Settings], exports: [Settings] })
      class SettingsModule {}
      await start({
        imports: [
          HarmoniaGatewayModule.forRootAsync({
            imports: [SettingsModule],
            inject: [Settings],
            useFactory: ({ secret, maxUploadBytes }: Settings) => ({ jwt: { secret }, maxUploadBytes }),
            http: { prefix: 'late' },
            sockets: false,
          }),
        ],
        http: false,
      });
      expect((await create('/late/jobs')).status).toBe(201);
      const upload = await app?.call('POST', '/late/jobs', { form: formOf({ jobType: 'simulate' }, { name: 'a', content: '1234' }) });
      expect(upload && refusal(upload)).toBe('file-too-large');
    });

    it('without a server: a script may use the module too', async () => {
      @Module({
        imports: [
          HarmoniaJobsModule.forRoot({
            store: SqliteJobStore.open({ directory: ':memory:' }),
            files: new DiskFileStore('unused'),
            runner: false,
          }),
          HarmoniaGatewayModule.forRoot({ jwt: { secret: SECRET }, sockets: false }),
        ],
      })
      class Script {}
      const script = await NestFactory.createApplicationContext(Script, { logger: false, abortOnError: false });
      expect(script.get(SessionAuthenticator)).toBeDefined();
      await script.close();
    });
  });

  describe('is a guest', () => {
    @Controller()
    class HostController {
      @Get('api/jobs/of/the/host')
      inside() {
        return { host: true };
      }
      @Get('elsewhere')
      elsewhere() {
        throw new BadRequestException('In the words of the host.');
      }
    }
    @Module({ controllers: [HostController] })
    class HostModule {}

    it('that leaves the routes and the errors of the host alone', async () => {
      await start({ imports: [HostModule] });
      expect((await app?.call('GET', '/api/jobs/of/the/host'))?.body).toEqual({ host: true });
      expect((await app?.call('GET', '/elsewhere'))?.body.message).toBe('In the words of the host.');
      const broken = await app?.call('POST', '/elsewhere', { raw: { type: 'application/json', body: '{' } });
      expect([broken?.status, broken?.body.statusCode, broken?.headers.has('harmonia-epoch')]).toEqual([400, 400, false]);
      expect((await app?.call('GET', '/api/jobsandmore'))?.body.statusCode).toBe(404);
    });

    it('that bears strict pipes', async () => {
      await start({ prepare: (host) => host.useGlobalPipes(new StrictPipe()) });
      expect((await create('/api/jobs')).status).toBe(201);
      expect((await app?.call('GET', '/api/jobs?limit=1&status=queued'))?.body.jobs).toHaveLength(1);
      const upload = await app?.call('POST', '/api/jobs', { form: formOf({ jobType: 'simulate' }, { name: 'a', content: 'x' }) });
      expect(upload?.status).toBe(201);
    });

    it('whose headers join those of the host for other origins', async () => {
      await start({ prepare: (host) => host.enableCors({ origin: 'https://console.example', exposedHeaders: ['X-Host'] }) });
      const { headers } = await create('/api/jobs');
      expect(headers.get('access-control-expose-headers')).toBe('X-Host, Harmonia-Epoch, Location, Content-Disposition');
    });
  });

  describe('asks the guards of the host', () => {
    @Injectable()
    class Names {
      readonly welcome = ['ann'];
    }
    @Module({ providers: [Names], exports: [Names] })
    class NamesModule {}
    @Injectable()
    class Welcome implements CanActivate {
      constructor(private readonly names: Names) {}
      canActivate(context: ExecutionContext) {
        const session = harmoniaSessionOf(context.switchToHttp().getRequest());
        return session ? this.names.welcome.includes(session.userId) : context.switchToHttp().getRequest().query.ticket !== 'refused';
      }
    }

    it('after the session is known, also for tickets', async () => {
      await start({
        imports: [
          HarmoniaGatewayModule.forRootAsync({
            imports: [NamesModule],
            useFactory: () => ({ jwt: { secret: SECRET } }),
            http: { guards: [Welcome] },
            sockets: false,
          }),
        ],
        http: false,
      });
      expect((await create('/api/jobs')).status).toBe(201);
      for (const call of [{ as: 'ben' } as const, { as: 'admin' } as const]) {
        const answer = await app?.call('GET', '/api/jobs', call);
        expect(answer && refusal(answer)).toBe('forbidden');
      }
      expect((await app?.call('GET', '/api/jobs', { as: null }))?.body.error.code).toBe('token-missing');
      expect((await app?.call('GET', '/api/jobs/a/result?ticket=refused', { as: null }))?.body.error.code).toBe('forbidden');
    });

    it.each<[Error, RefusalCode]>([
      [new ForbiddenException('Pay first.'), 'forbidden'],
      [new HttpException('Slow down.', 429), 'rate-limited'],
      [new HttpException('Not like this.', 422), 'payload-invalid'],
      [new HttpException('A bad day.', 502), 'internal-error'],
      [new ServiceUnavailableException('Come back.'), 'unavailable'],
      [new RefusalError('server-stopping'), 'server-stopping'],
      [new Error('Secret.'), 'internal-error'],
    ])('and puts their %s into its own words', async (error, code) => {
      class Guard implements CanActivate {
        canActivate(): boolean {
          throw error;
        }
      }
      await start({ http: { guards: [Guard] } });
      const answer = await create('/api/jobs');
      expect(refusal(answer)).toBe(code);
      expect(answer.body.error.message === error.message).toBe(error.message !== 'Secret.');
      expect(answer.headers.has('harmonia-epoch')).toBe(true);
    });
  });

  describe('when something breaks', () => {
    it('logs where and why, never what was sent', async () => {
      class BrokenAuthenticator extends SessionAuthenticator {
        authenticate(): Promise<never> {
          return Promise.reject(new Error('The directory is away.'));
        }
      }
      const lines: string[] = [];
      const logger: LoggerService = { log: () => undefined, warn: () => undefined, error: (line: string) => lines.push(line) };
      await start({ gateway: { jwt: undefined, authenticator: new BrokenAuthenticator() }, logger });
      const answer = await app?.call('POST', '/api/jobs?secret=query', { json: { jobType: 'simulate', title: 'secret title' } });
      expect(answer && refusal(answer)).toBe('internal-error');
      expect(answer?.text).not.toContain('directory');
      expect(lines.join()).toContain('POST /api/jobs failed: Error: The directory is away.');
      expect(lines.join()).not.toMatch(/secret|eyJ/);
    });

    it('answers unavailable, without an epoch, while the store cannot be reached', async () => {
      await start({});
      await app?.app.get<JobStore>(JOB_STORE).close();
      const answer = await app?.call('GET', '/api/jobs');
      expect(answer?.status).toBeGreaterThanOrEqual(500);
      expect(answer?.headers.has('harmonia-epoch')).toBe(false);
    });
  });
});

/** As strict as a ValidationPipe of the host: refuses whatever has a class, which it would look for rules in. */
class StrictPipe implements PipeTransform {
  transform(value: unknown, { metatype }: ArgumentMetadata): unknown {
    if (metatype !== undefined && metatype !== Object) throw new BadRequestException('There are no rules for this class.');
    return value;
  }
}
