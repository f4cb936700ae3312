import { JobPublisher } from '@harmonia/job-engine';
import {
  Body,
  Catch,
  Controller,
  Get,
  HttpException,
  Module,
  Post,
  SetMetadata,
  ValidationPipe,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type INestApplication,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, Reflector } from '@nestjs/core';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { MessageBody, SubscribeMessage, WebSocketGateway, WebSocketServer, type OnGatewayConnection } from '@nestjs/websockets';
import { IsString, MaxLength } from 'class-validator';
import { map, type Observable } from 'rxjs';
import type { Namespace, Server, ServerOptions, Socket } from 'socket.io';
import { useHarmoniaSockets } from './connection/use-harmonia-sockets.js';
import { Client, SocketApp, tokenOf, type Loose } from './socket-app.suite.js';

// ── The host: an application of its own, written without a thought of Harmonia ──

const Public = () => SetMetadata('public', true);

/** Lets in what is marked public, and over HTTP who knows the key; it does not know sockets. */
class HostGuard implements CanActivate {
  private readonly reflector = new Reflector();

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.get<boolean>('public', context.getHandler())) return true;
    return context.switchToHttp().getRequest().headers['x-host-key'] === 'open sesame';
  }
}

class HostEnvelope implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    return next.handle().pipe(map((host) => ({ host })));
  }
}

@Catch()
class HostFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const status = error instanceof HttpException ? error.getStatus() : 500;
    host.switchToHttp().getResponse().status(status).json({ hostSays: status });
  }
}

class Message {
  @IsString()
  @MaxLength(10)
  text = '';
}

@Controller('messages')
class MessagesController {
  @Get()
  list(): string[] {
    return ['hello'];
  }

  @Post()
  create(@Body() message: Message): string {
    return message.text;
  }
}

@WebSocketGateway({ namespace: '/chat', cors: { origin: 'https://chat.example' } })
class ChatGateway implements OnGatewayConnection<Socket> {
  @WebSocketServer() namespace?: Namespace;

  handleConnection(client: Socket): void {
    if (client.handshake.auth['key'] !== 'chat key') client.disconnect();
  }

  @Public()
  @SubscribeMessage('say')
  say(@MessageBody() message: Message): string {
    this.namespace?.emit('said', message.text);
    return message.text;
  }

  @SubscribeMessage('whisper')
  whisper(): string {
    return 'never let in by the guard';
  }
}

@Module({
  controllers: [MessagesController],
  providers: [
    ChatGateway,
    { provide: APP_GUARD, useClass: HostGuard },
    { provide: APP_PIPE, useFactory: () => new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }) },
    { provide: APP_INTERCEPTOR, useClass: HostEnvelope },
    { provide: APP_FILTER, useClass: HostFilter },
  ],
})
class HostModule {}

class HostAdapter extends IoAdapter {
  static made: Partial<ServerOptions>[] = [];

  override createIOServer(port: number, options?: ServerOptions): Server {
    HostAdapter.made.push(options ?? {});
    return super.createIOServer(port, { ...options, connectTimeout: 7000 } as ServerOptions);
  }
}

const prepareHost = (app: INestApplication): void => {
  app.setGlobalPrefix('host');
  app.useWebSocketAdapter(new HostAdapter(app));
  useHarmoniaSockets(app);
};

describe('a host application that adds Harmonia', () => {
  let app: SocketApp;
  let chat: Client;
  let ann: Client;
  beforeAll(async () => {
    app = await SocketApp.start({ imports: [HostModule], gateway: { http: {} }, prepare: prepareHost });
  });
  beforeEach(() => {
    chat = app.client({ key: 'chat key' }, { extraHeaders: { origin: 'https://chat.example' } }, '/chat');
    ann = app.client({ token: tokenOf('ann'), protocol: 1 });
  });
  afterAll(() => app.stop());

  const call = async (path: string, { json, ...init }: RequestInit & { json?: object } = {}) => {
    const body = json && { method: 'POST', body: JSON.stringify(json), headers: { 'content-type': 'application/json', ...init.headers } };
    const answer = await fetch(`${app.url}/host${path}`, { ...init, ...body });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Loose };
  };
  const key = { 'x-host-key': 'open sesame' };

  describe('keeps', () => {
    it('its gateway, pipe, interceptor and guard for sockets', async () => {
      expect(await chat.ask('say', { text: 'hello' })).toEqual({ host: 'hello' });
      expect(await chat.next('said')).toBe('hello');
      chat.say('say', { text: 'far too long a message' });
      expect(await chat.next('exception')).toMatchObject({ status: 'error', cause: { pattern: 'say' } });
      chat.clear();
      chat.say('whisper');
      expect(await chat.next('exception')).toMatchObject({ status: 'error', cause: { pattern: 'whisper' } });
    });

    it('its own way of refusing sockets, and asks nobody there for Harmonia’s token', async () => {
      const stranger = app.client({}, {}, '/chat');
      expect(await stranger.next('disconnect')).toBe('io server disconnect');
    });

    it('its adapter, which makes one server for both', async () => {
      await chat.ask('say', { text: 'hello' });
      expect(HostAdapter.made).toHaveLength(1);
      expect(HostAdapter.made[0]).toMatchObject({ cors: { origin: 'https://chat.example' } });
    });

    it('its routes, prefix, guard, pipe, interceptor and filter for HTTP', async () => {
      expect(await call('/messages', { headers: key })).toMatchObject({ status: 200, body: { host: ['hello'] } });
      expect(await call('/messages')).toMatchObject({ status: 403, body: { hostSays: 403 } });
      expect(await call('/messages', { headers: key, json: { text: 'hi' } })).toMatchObject({ status: 201, body: { host: 'hi' } });
      expect(await call('/messages', { headers: key, json: { text: 7 } })).toMatchObject({ status: 400, body: { hostSays: 400 } });
      expect(await call('/nowhere', { headers: key })).toMatchObject({ status: 404, body: { hostSays: 404 } });
    });
  });

  describe('gets', () => {
    it('Harmonia’s sockets: its verbs know neither guard nor interceptor, pipe nor filter of the host', async () => {
      expect(await ann.next('authenticated')).toMatchObject({ user: { id: 'ann' } });
      const id = await app.job('ann');
      expect(await ann.ask('job:subscribe', { jobId: id })).toMatchObject({ ok: true, data: { job: { id } } });
      await app.app.get(JobPublisher).completed(id);
      expect(await ann.next('job:completed')).toMatchObject({ job: { id } });
      expect(await ann.ask('job:subscribe', {})).toMatchObject({ ok: false, error: { code: 'payload-invalid' } });
      ann.say('job:subscribe', { jobId: 'absent' });
      expect(await ann.next('exception')).toMatchObject({ code: 'job-not-found', verb: 'job:subscribe' });
    });

    it('Harmonia’s refusals in its namespace', async () => {
      const { data } = await app.client({}).next('connect_error');
      expect(data).toMatchObject({ code: 'token-missing' });
    });

    it('both over one connection', async () => {
      await ann.next('authenticated');
      const multiplexed = new Client(ann.socket.io.socket('/chat', { auth: { key: 'chat key' } }));
      expect(await multiplexed.ask('say', { text: 'hello' })).toEqual({ host: 'hello' });
      await ann.settled();
      expect(ann.received.map(({ name }) => name)).toEqual(['connect', 'authenticated']);
    });

    it('Harmonia’s routes below its prefix, to which its guard and interceptor apply as to all of its routes', async () => {
      const authorization = `Bearer ${tokenOf('ann')}`;
      const created = await call('/api/jobs', { headers: { ...key, authorization }, json: { jobType: 'simulate', input: { steps: 3 } } });
      expect(created).toMatchObject({ status: 201, body: { host: { userId: 'ann', status: 'queued', input: { steps: 3 } } } });
      const { id } = created.body.host;
      expect(await call(`/api/jobs/${id}`, { headers: { ...key, authorization } })).toMatchObject({ status: 200, body: { host: { id } } });
      expect(await call(`/api/jobs/${id}`, { headers: { authorization } })).toMatchObject({
        status: 403,
        body: { error: { code: 'forbidden' } },
      });
      expect(await call(`/api/jobs/${id}`, { headers: key })).toMatchObject({ status: 401, body: { error: { code: 'token-missing' } } });
      expect(created.headers.get('Harmonia-Epoch')).toEqual((await app.store.read([])).epoch);
    });

    it('over sockets what was created over HTTP', async () => {
      await ann.ask('jobs:subscribe:user');
      const headers = { ...key, authorization: `Bearer ${tokenOf('ann')}` };
      const { body } = await call('/api/jobs', { headers, json: { jobType: 'simulate' } });
      expect(await ann.next('job:created')).toMatchObject({ job: { id: body.host.id } });
    });
  });
});
