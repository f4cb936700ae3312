import type { INestApplication, Provider, Type } from '@nestjs/common';
import { ApplicationConfig, NestFactory } from '@nestjs/core';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { AbstractWsAdapter, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { EMPTY, type Observable } from 'rxjs';
import type { ServerOptions, Socket } from 'socket.io';
import { JobsGateway } from '../jobs/jobs.gateway.js';
import { modulesOf, SocketApp, tokenOf, type Loose, type SocketAppOptions } from '../socket-app.suite.js';
import type { HarmoniaSocketAdapter } from './harmonia-socket-adapter.js';
import { useHarmoniaSockets } from './use-harmonia-sockets.js';

const FOREIGN = { extraHeaders: { origin: 'https://chat.example' } };

@WebSocketGateway({ namespace: '/chat', cors: { origin: 'https://chat.example' }, pingInterval: 20_000, maxHttpBufferSize: 500_000 })
class ChatGateway {
  @SubscribeMessage('say')
  say(_: unknown, text: string): string {
    return `you said ${text}`;
  }
}

@WebSocketGateway({ path: '/chat/', maxHttpBufferSize: 500_000 })
class ChatOnItsOwnPath extends ChatGateway {}

@WebSocketGateway({ namespace: '/chat', connectionStateRecovery: {} } as never)
class RecoveringGateway {}

/** An adapter of another kind. */
class PlainSockets extends AbstractWsAdapter {
  create(): never {
    throw new Error('Not asked for.');
  }

  bindMessageHandlers(): Observable<unknown> {
    return EMPTY;
  }
}

const host = (...providers: Provider[]): Type<unknown> => {
  class Host {}
  Reflect.defineMetadata('providers', providers, Host);
  return Host;
};

/** What Engine.IO says first: its limits. */
async function limitsOf(app: SocketApp, path = '/socket.io'): Promise<Loose> {
  const answer = await fetch(`${app.url}${path}/?EIO=4&transport=polling`);
  return JSON.parse((await answer.text()).slice(1));
}

describe('HarmoniaSocketAdapter', () => {
  let app: SocketApp | undefined;
  const start = async (options: SocketAppOptions) => {
    app = await SocketApp.start(options);
    return app;
  };
  afterEach(async () => {
    await app?.stop();
    app = undefined;
  });

  it('[C7] alone on its path, pings every 10 s with 5 s to answer, and bounds messages', async () => {
    await start({ gateway: { limits: {} } });
    expect(await limitsOf(app as SocketApp)).toMatchObject({ pingInterval: 10_000, pingTimeout: 5_000, maxPayload: 32_768 });
  });

  it('takes namespace, path and size from the options', async () => {
    await start({ gateway: { namespace: '/harmonia', path: '/realtime/', limits: { messageBytes: 500, syncBytes: 1000 } } });
    expect(await limitsOf(app as SocketApp, '/realtime')).toMatchObject({ maxPayload: 1000 });
    const ann = app?.client({ token: tokenOf('ann') }, { path: '/realtime' }, '/harmonia');
    expect(await ann?.next('authenticated')).toMatchObject({ user: { id: 'ann' } });
    const elsewhere = app?.client({ token: tokenOf('ann') }, { path: '/realtime' }, '/other');
    expect((await elsewhere?.next('connect_error'))?.message).toBe('Invalid namespace');
  });

  it('serves two apps of one process with options of their own', async () => {
    const other = await SocketApp.start({ gateway: { namespace: '/b', path: '/b' } });
    await start({ gateway: { namespace: '/a', path: '/a' } });
    await app?.client({ token: tokenOf('ann') }, { path: '/a' }, '/a').next('authenticated');
    await other.client({ token: tokenOf('ann') }, { path: '/b' }, '/b').next('authenticated');
    await other.stop();
  });

  it.each(['the host’s modules first', 'Harmonia first'])('shares path and port with a gateway of the host: %s', async (order) => {
    const hostModule = host(ChatGateway);
    const prepare = (nest: INestApplication) => {
      // modules are connected in the order in which they were added
      const modules = (nest as Loose).container.getModules() as Map<string, unknown>;
      const entries = [...modules.entries()];
      modules.clear();
      (order === 'Harmonia first' ? entries.reverse() : entries).forEach(([key, module]) => modules.set(key, module));
      useHarmoniaSockets(nest);
    };
    await start({ imports: [hostModule], gateway: { origins: ['https://console.example'] }, prepare });

    const { pingInterval, pingTimeout, maxPayload } = await limitsOf(app as SocketApp);
    expect({ pingInterval, pingTimeout, maxPayload }).toEqual({ pingInterval: 20_000, pingTimeout: 5_000, maxPayload: 500_000 });
    const chat = app?.client({}, FOREIGN, '/chat');
    expect(await chat?.ask('say', 'x'.repeat(100_000))).toHaveLength(100_009);
    const ann = app?.client({ token: tokenOf('ann') });
    expect(await ann?.next('authenticated')).toMatchObject({ user: { id: 'ann' } });
    const evil = app?.client({ token: tokenOf('ann') }, FOREIGN);
    expect((await evil?.next('connect_error'))?.data).toMatchObject({ code: 'origin-forbidden' });
  });

  it('leaves a gateway of the host on another path to the host', async () => {
    await start({ imports: [host(ChatOnItsOwnPath)], gateway: { limits: {} } });
    const chat = app?.client({}, { ...FOREIGN, path: '/chat' });
    expect(await chat?.ask('say', 'hello')).toBe('you said hello');
    expect(await limitsOf(app as SocketApp, '/chat')).toMatchObject({ pingInterval: 25_000, maxPayload: 500_000 });
    expect(await limitsOf(app as SocketApp)).toMatchObject({ pingInterval: 10_000, maxPayload: 32_768 });
  });

  it('refuses to start beside connection state recovery', async () => {
    const nest = await SocketApp.make({ imports: [host(RecoveringGateway)] });
    await expect(nest.init()).rejects.toThrow('Connection state recovery');
    await nest.close();
  });

  it('refuses an adapter that does not speak Socket.IO', async () => {
    const prepare = (nest: INestApplication) => {
      nest.useWebSocketAdapter(new PlainSockets(nest));
      expect(() => useHarmoniaSockets(nest)).toThrow('Harmonia speaks Socket.IO');
    };
    await (await SocketApp.make({ prepare })).close();
  });

  it('refuses a host adapter that makes something else than a server', async () => {
    class Strange extends IoAdapter {
      override createIOServer(port: number, options?: ServerOptions) {
        return super.createIOServer(port, options).of('/') as never;
      }
    }
    const prepare = (nest: INestApplication) => {
      nest.useWebSocketAdapter(new Strange(nest));
      useHarmoniaSockets(nest);
    };
    const nest = await SocketApp.make({ prepare });
    await expect(nest.init()).rejects.toThrow('no Socket.IO server');
    await nest.close();
  });

  it('does not start when the sockets were forgotten', async () => {
    const nest = await SocketApp.make({ prepare: () => undefined });
    await expect(nest.listen(0)).rejects.toThrow('call useHarmoniaSockets(app)');
    await nest.close();
  });

  it('opens nothing with sockets: false', async () => {
    app = await SocketApp.start({ gateway: { sockets: false } });
    const answer = await fetch(`${app.url}/socket.io/?EIO=4&transport=polling`);
    expect(answer.status).toBe(404);
    expect(() => app?.gateway).toThrow();
  });

  it('is not needed in a script, where nothing is served', async () => {
    const context = await NestFactory.createApplicationContext({ module: class Script {}, imports: modulesOf() }, { logger: false });
    expect(context.get(JobsGateway).server).toBeUndefined();
    await context.close();
  });

  it.each([
    ['as the host’s adapter does', { closeClient: (client: Socket) => client.conn.close() }, 'transport close'],
    ['by itself when the host’s adapter cannot', {}, 'io server disconnect'],
  ])('drops a client that came too early, %s', async (_, methods, reason) => {
    const prepare = (nest: INestApplication) => {
      nest.useWebSocketAdapter(Object.assign(new IoAdapter(nest), methods));
      useHarmoniaSockets(nest);
    };
    await start({ prepare });
    const ann = await app?.connected(tokenOf('ann'));
    const [socket] = app?.gateway.server?.sockets.values() ?? [];
    (app?.app.get(ApplicationConfig).getIoAdapter() as HarmoniaSocketAdapter).closeClient(socket as never);
    expect(await ann?.next('disconnect')).toBe(reason);
  });
});
