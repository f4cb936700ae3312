import { GatewayOperations, UserMessages } from '@harmonia/gateway';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { freePort } from '../../test-processes/free-port.ts';
import { RememberingClient } from '../g16-guide/remembering-client.ts';
import { GatewayProcess } from '../rig/gateway-process.ts';
import { SECRET, tokenOf } from '../rig/token.ts';
import { SiblingHost } from './sibling-host.ts';
import { workspaceOf } from './substitution.ts';
import { SUMMARY } from './summary.ts';

const workspace = workspaceOf('summary', SUMMARY);
const fromDocument = <Exports extends object>(file: string): Exports => jest.requireActual<Exports>(workspace.path(file));
const { EVENTS } = fromDocument<{ EVENTS: Record<'ANALYSIS_STARTED' | 'ANALYSIS_COMPLETED' | 'ANALYSIS_FAILED', string> }>('app/events');
const { sendEvent } = fromDocument<{ sendEvent: (messages: UserMessages, userId: string, interviewId: string) => Promise<boolean> }>(
  'app/send-event',
);
const { send } = fromDocument<{ send: (messages: UserMessages, userId: string, payload: object) => Promise<boolean> }>(
  'app/quick-reference',
);
type Connect = (connect: typeof io, url: string, token: string, handle: (data: unknown) => void) => Socket;
const { connect } = fromDocument<{ connect: Connect }>('app/frontend');

jest.setTimeout(30_000);

describe(`the code of “${SUMMARY.document.title}”`, () => {
  let host: SiblingHost;
  let messages: UserMessages;
  beforeAll(async () => {
    host = await SiblingHost.start({});
    messages = host.get(UserMessages);
  });
  afterAll(() => host.stop());

  it('differs in the lines of the table and in no other', () => {
    expect(workspace.differences()).toEqual([]);
  });

  it('its server tells a user of an analysis, and its page hears it', async () => {
    const heard = Promise.withResolvers<unknown>();
    const socket = connect(io, host.url, tokenOf('ada'), heard.resolve);
    await new Promise((resolve) => socket.on('authenticated', resolve));
    expect(await sendEvent(messages, 'ada', 'interview-7')).toBe(true);
    expect(await heard.promise).toEqual({
      interviewId: 'interview-7',
      message: 'Analysis completed!',
      status: 'success',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.+Z$/),
    });
    socket.disconnect();
  });

  it('its three events and any of one’s own reach every tab of the user, and nobody else', async () => {
    const [tab, other, stranger] = [await host.client('ada'), await host.client('ada'), await host.client('ben')];
    for (const event of Object.values(EVENTS)) await messages.emitToUser('ada', event as never, { interviewId: 'i' } as never);
    await send(messages, 'ada', { hello: 'there' });
    await messages.announce({ message: 'The end.' });
    await Promise.all([tab, other, stranger].map((client) => client.next('announcement')));
    const own = (client: RememberingClient) => client.received.map(({ name }) => name).filter((name) => name.includes(':'));
    const expected = ['analysis:started', 'analysis:completed', 'analysis:failed', 'event:name'];
    expect([own(tab), own(other), own(stranger)]).toEqual([expected, expected, []]);
  });

  it('its boolean says whether anybody was there', async () => {
    expect(await send(messages, 'nobody', { hello: 'there' })).toBe(false);
  });

  it('its statistics are where they were, for admins', async () => {
    const client = await host.client('ada');
    const asked = (roles: string[]) =>
      fetch(`${host.url}/api/v1/websocket/stats`, { headers: { authorization: `Bearer ${tokenOf('root', { roles })}` } });
    expect((await asked([])).status).toBe(403);
    const { connected } = await host.get(GatewayOperations).stats();
    expect(connected).toBeGreaterThan(0);
    expect(await (await asked(['admin'])).json()).toMatchObject({
      success: true,
      data: { connected, timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.+Z$/) },
    });
    client.socket.disconnect();
  });

  it('its variables are read by the server as they are', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'harmonia-summary-'));
    const env = { ACCESS_TOKEN_SECRET: SECRET, CORS_ORIGIN: 'http://localhost:5173', DEMO_AUTH: 'false' };
    const server = await GatewayProcess.start({ dataDir, port: await freePort(), env });
    const from = (origin: string) => new RememberingClient(server.url, tokenOf('ada'), { extraHeaders: { origin }, reconnection: false });
    const [listed, foreign] = [from('http://localhost:5173'), from('http://evil.example')];
    expect((await listed.next('authenticated')).user.id).toBe('ada');
    await foreign.next('connect_error');
    [listed, foreign].forEach(({ socket }) => socket.disconnect());
    await server.stop();
    expect(server.end).toBe(0);
    await rm(dataDir, { recursive: true });
  }, 30_000);
});
