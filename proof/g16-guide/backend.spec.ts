import { JOB_STATUSES, JobProgressSchema, JobSchema } from '@harmonia/contract';
import { JobsGateway, useHarmoniaSockets } from '@harmonia/gateway';
import { JobPublisher } from '@harmonia/job-engine';
import type { Type } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import * as v from 'valibot';
import { BACKEND_FILES, BACKEND_MISSING } from './backend-substitutions.ts';
import { FRONTEND_FILES, FRONTEND_MISSING } from './frontend-substitutions.ts';
import { GuideHost, type GuideGateway } from './guide-host.ts';
import { GuideWorkspace } from './guide-workspace.ts';
import { guideBlock, guideBlocks, guideEvents, guideText, type GuideEvent } from './guide.ts';
import { RememberingClient } from './remembering-client.ts';
import { substitutionTable } from './substitution.ts';

const workspace = new GuideWorkspace('backend', BACKEND_FILES, BACKEND_MISSING);
const { scenario } = workspace;
const fromGuide = <Exports extends object>(file: string): Exports => jest.requireActual<Exports>(workspace.path(file));

const { secret } = fromGuide<{ secret: string }>('app/secret');
const { AppModule } = fromGuide<{ AppModule: Type }>('app/app.module');
const { JobsGateway: GuidesOwn } = fromGuide<{ JobsGateway: Type<GuideGateway> }>('app/gateways/guide/jobs.gateway');
const { roomNames } = fromGuide<{ roomNames: (jobId: string, userId: string) => Record<string, string> }>('app/excerpts/room-names');
const { broadcast } = fromGuide<{ broadcast: (this: object, jobId: string, userId: string, job: object) => void }>(
  'app/excerpts/broadcasting',
);
const { JobsGateway: TokenReader } = fromGuide<{
  JobsGateway: new (jwt: JwtService) => { extractUserIdFromToken(token: string): string | null };
}>('app/excerpts/token-validation');

const USER = 'mock-user-id';
const jwt = new JwtService({ secret });
const tokenOf = (sub: string, claims: object = {}) => jwt.sign({ sub, ...claims }, { expiresIn: '1h' });

afterAll(() => {
  process.stdout.write(substitutionTable([...FRONTEND_FILES, ...BACKEND_FILES], [...FRONTEND_MISSING, ...BACKEND_MISSING]));
  process.stdout.write(workspace.figures());
});

describe('the blocks of the guide', () => {
  scenario('are all accounted for, once', () => {
    const headings = [...FRONTEND_FILES, ...BACKEND_FILES].map(({ heading }) => guideBlock(heading).heading);
    const installs = guideBlocks.filter(({ language }) => language === 'bash').map(({ heading }) => heading);
    expect([...headings, ...installs].sort()).toEqual(guideBlocks.map(({ heading }) => heading).sort());
    expect(guideBlocks).toHaveLength(guideText.split('\n```\n').length - 1);
  });

  scenario('install what is installed here', () => {
    const installs = guideBlocks.filter(({ language }) => language === 'bash').flatMap(({ lines }) => lines);
    const packages = installs.flatMap((line) => [...line.matchAll(/(\S+)@\d/g)]).map(([, name = '']) => name);
    expect(packages).toEqual(['socket.io-client', '@nestjs/websockets', '@nestjs/platform-socket.io']);
    for (const name of packages) expect(() => require.resolve(name)).not.toThrow();
  });

  scenario('of the backend compile under every strictness of this workspace', () => {
    expect(workspace.typecheck()).toBe('');
  });

  scenario('of the backend differ in the lines of the table and in no other', () => {
    expect(workspace.differences()).toEqual([]);
  });
});

describe('Backend Gateway Testing', () => {
  jest.requireActual(workspace.path('app/gateways/jobs.gateway.spec'));
});

describe('the gateway', () => {
  let ours: GuideHost;
  let theirs: GuideHost;
  let publisher: JobPublisher;
  let count = 0;

  beforeAll(async () => {
    ours = await GuideHost.start({ imports: [AppModule] }, JobsGateway as never, useHarmoniaSockets);
    theirs = await GuideHost.start({ providers: [GuidesOwn] }, GuidesOwn);
    publisher = ours.app.get(JobPublisher, { strict: false });
  });
  afterAll(() => Promise.all([ours.stop(), theirs.stop()]));

  const newJob = async (userId = USER): Promise<string> =>
    (await publisher.created({ id: `job-${++count}`, userId, jobType: 'external', title: `Job ${count}` })).id;

  /** A client in a room; what subscribing told it is forgotten [E3]. */
  async function watching(host: GuideHost, room: string, ...request: [verb: string, payload?: object]): Promise<RememberingClient> {
    const client = await host.client(tokenOf(USER));
    client.socket.emit(...request);
    await host.membership(room, client, true);
    await settled(host, client);
    client.forget();
    return client;
  }

  const watchingJob = (host: GuideHost, jobId: string) => watching(host, `job:${jobId}`, 'job:subscribe', { jobId });
  const watchingUser = (host: GuideHost) => watching(host, `user:${USER}:jobs`, 'jobs:subscribe:user');

  /** Everything sent until now has arrived: each socket gets its events in order. */
  async function settled(host: GuideHost, ...clients: RememberingClient[]): Promise<void> {
    const word = `said ${++count}`;
    host.gateway.server.emit(word);
    await Promise.all(clients.map((client) => client.next(word)));
  }

  describe('Jobs Gateway', () => {
    type Calls = (gateway: GuideGateway, jobId: string) => Promise<void>;
    const progress = { current: 3, total: 12, percentage: 25, message: 'Page 3' };

    /** The same calls on a gateway, with what a client in the job's room and one in the user's room hear of them. */
    async function heard(host: GuideHost, calls: Calls, jobId: string) {
      const one = await watchingJob(host, jobId);
      const all = await watchingUser(host);
      await calls(host.gateway, jobId);
      await one.next('job:status', ({ status }) => status === 'processing');
      await settled(host, one, all);
      return { one: one.jobEvents, all: all.jobEvents.filter(({ payload }) => (payload.id ?? payload.job?.id) === jobId) };
    }

    async function expectTheSame(calls: Calls) {
      const jobId = await newJob();
      const [expected, actual] = [await heard(theirs, calls, jobId), await heard(ours, calls, jobId)];
      expect(expected.one.length).toBeGreaterThan(0);
      expect(actual.one).toMatchObject(expected.one);
      // the guide tells the user's room of endings only; here it hears of everything [E2]
      for (const event of expected.all) expect(actual.all).toContainEqual(expect.objectContaining({ name: event.name }));
      expect(actual.all).toEqual(actual.one);
    }

    scenario('a job that completes sounds as the guide’s own gateway makes it sound', () =>
      expectTheSame(async (gateway, id) => {
        await gateway.emitJobStatus(id, 'processing');
        await gateway.emitJobProgress(id, progress);
        await gateway.emitJobCompleted({ id, userId: USER, status: 'completed', result: { outputPath: 'notes.md' } });
      }),
    );

    scenario('a job that fails sounds as the guide’s own gateway makes it sound', () =>
      expectTheSame(async (gateway, id) => {
        await gateway.emitJobStatus(id, 'processing');
        await gateway.emitJobFailed(id, USER, 'The disk is full.');
      }),
    );

    scenario('a job that is told of by status alone sounds as the guide’s own gateway makes it sound', () =>
      expectTheSame(async (gateway, id) => {
        await gateway.emitJobStatus(id, 'processing');
        await gateway.emitJobStatus(id, 'cancelled');
      }),
    );

    scenario('a job that nobody created is taken from the words that end it', async () => {
      const client = await watchingUser(ours);
      await ours.gateway.emitJobFailed('from-elsewhere', USER, 'It broke there.');
      expect(await client.next('job:failed')).toMatchObject({ id: 'from-elsewhere', error: 'It broke there.' });
    });

    scenario('nobody without a token, or with a wrong one, stays connected', async () => {
      for (const token of ['', 'test-token']) {
        const client = new RememberingClient(ours.url, token);
        expect((await client.next('connect_error')).message).toMatch(/token/);
        expect(client.socket.connected).toBe(false);
        client.socket.disconnect();
      }
    });
  });

  describe('Room-Based Broadcasting', () => {
    scenario('subscribing leads into the rooms of the guide', async () => {
      const jobId = await newJob();
      const { jobRoom = '', userRoom = '', adminRoom = '' } = roomNames(jobId, USER);
      const client = await ours.client(tokenOf(USER, { roles: ['admin'] }));
      client.socket.emit('job:subscribe', { jobId });
      client.socket.emit('jobs:subscribe:user');
      client.socket.emit('jobs:subscribe:all');
      await Promise.all([jobRoom, userRoom, adminRoom].map((room) => ours.membership(room, client, true)));
      expect([jobRoom, userRoom, adminRoom]).toEqual([`job:${jobId}`, `user:${USER}:jobs`, 'admin:jobs']);
    });

    scenario('what is emitted to those rooms arrives', async () => {
      const jobId = await newJob();
      const [one, all] = [await watchingJob(ours, jobId), await watchingUser(ours)];
      broadcast.call({ server: ours.gateway.server }, jobId, USER, { id: jobId });
      await Promise.all([one.next('job:completed'), all.next('job:completed')]);
      const completed = { name: 'job:completed', payload: { job: { id: jobId } } };
      expect(one.jobEvents).toEqual([{ name: 'job:status', payload: { id: jobId, status: 'processing' } }, completed]);
      expect(all.jobEvents.filter(({ payload }) => (payload.id ?? payload.job.id) === jobId)).toEqual([
        { name: 'job:status', payload: { id: jobId, status: 'completed' } },
        completed,
      ]);
    });
  });

  describe('JWT Token Validation', () => {
    scenario('the guide reads from a token whom the gateway lets in', async () => {
      const reader = new TokenReader(jwt);
      const client = await ours.client(tokenOf('ada'));
      expect((await client.next('authenticated')).user.id).toBe(reader.extractUserIdFromToken(tokenOf('ada')));
    });

    scenario('the guide reads nobody from a token that the gateway refuses', async () => {
      const reader = new TokenReader(jwt);
      const expired = jwt.sign({ sub: 'ada' }, { expiresIn: -10 });
      const foreign = new JwtService({ secret: 'another secret of at least 32 bytes' }).sign({ sub: 'ada' }, { expiresIn: '1h' });
      for (const token of ['garbage', expired, foreign]) {
        const client = new RememberingClient(ours.url, token);
        await client.next('connect_error');
        expect(reader.extractUserIdFromToken(token)).toBeNull();
        client.socket.disconnect();
      }
    });
  });

  describe('Event Types', () => {
    const requests: Record<string, (client: RememberingClient) => Promise<void>> = {
      'job:subscribe': async (client) => {
        const jobId = await newJob();
        client.socket.emit('job:subscribe', { jobId });
        await ours.membership(`job:${jobId}`, client, true);
        await ours.gateway.emitJobStatus(jobId, 'processing');
        await client.next('job:status', ({ id, status }) => id === jobId && status === 'processing');
      },
      'job:unsubscribe': async (client) => {
        const jobId = await newJob();
        client.socket.emit('job:subscribe', { jobId });
        await ours.membership(`job:${jobId}`, client, true);
        client.socket.emit('job:unsubscribe', { jobId });
        await ours.membership(`job:${jobId}`, client, false);
      },
      'jobs:subscribe:user': async (client) => {
        client.socket.emit('jobs:subscribe:user');
        await ours.membership(`user:${USER}:jobs`, client, true);
        const jobId = await newJob();
        await ours.gateway.emitJobStatus(jobId, 'processing');
        await client.next('job:status', ({ id }) => id === jobId);
      },
      'jobs:unsubscribe:user': async (client) => {
        client.socket.emit('jobs:subscribe:user');
        await ours.membership(`user:${USER}:jobs`, client, true);
        client.socket.emit('jobs:unsubscribe:user');
        await ours.membership(`user:${USER}:jobs`, client, false);
      },
    };

    it.each(guideEvents('Client → Server'))('has a check for the request $name', ({ name, payload }) => {
      expect(Object.keys(requests)).toContain(name);
      expect(payload).toEqual(name.startsWith('job:') ? { jobId: 'string' } : {});
    });
    for (const { name } of guideEvents('Client → Server')) {
      scenario(`the request ${name} does what its row says`, async () => {
        const check = requests[name];
        if (!check) throw new Error(`The guide has a request that nothing here checks: ${name}`);
        await check(await ours.client(tokenOf(USER)));
      });
    }

    const types: Record<string, (value: unknown) => boolean> = {
      string: (value) => typeof value === 'string',
      JobStatus: (value) => v.is(v.picklist(JOB_STATUSES), value),
      JobProgress: (value) => v.is(JobProgressSchema, value),
      Job: (value) => v.is(JobSchema, value),
    };

    /** Makes an event happen to a client that watches the job. */
    const happenings: Record<string, (client: RememberingClient, jobId: string) => unknown> = {
      'job:status': (_, id) => ours.gateway.emitJobStatus(id, 'processing'),
      'job:progress': async (_, id) => {
        await ours.gateway.emitJobStatus(id, 'processing');
        await ours.gateway.emitJobProgress(id, { current: 1, total: 2, percentage: 50, message: '' });
      },
      'job:completed': (_, id) => ours.gateway.emitJobCompleted({ id }),
      'job:failed': (_, id) => ours.gateway.emitJobFailed(id, USER, 'It broke.'),
      connect: (client) => client.socket.disconnect().connect(),
      disconnect: (client) => client.socket.disconnect(),
      connect_error: (client) => {
        client.socket.disconnect().auth = { token: 'wrong' };
        client.socket.connect();
      },
    };

    const fits = ({ payload }: GuideEvent, received: Record<string, unknown>) =>
      Object.entries(payload).filter(([field, type]) => !types[type]?.(received[field]));

    for (const event of guideEvents('Server → Client')) {
      scenario(`the event ${event.name} arrives with the payload of its row`, async () => {
        const happen = happenings[event.name];
        if (!happen) throw new Error(`The guide has an event that nothing here checks: ${event.name}`);
        const jobId = await newJob();
        const client = await watchingJob(ours, jobId);
        await happen(client, jobId);
        expect(fits(event, await client.next(event.name))).toEqual([]);
      });
    }

    scenario('there are four requests and seven events', () => {
      expect(guideEvents('Client → Server').map(({ name }) => name)).toEqual(Object.keys(requests));
      expect(guideEvents('Server → Client').map(({ name }) => name)).toEqual(Object.keys(happenings));
    });
  });
});
