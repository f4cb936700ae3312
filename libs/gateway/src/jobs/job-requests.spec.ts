import { isRefusalCode } from '@harmonia/contract';
import { ConsoleLogger } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { HeldJobStore } from '../held-job-store.suite.js';
import { SocketApp, tokenOf, type Client } from '../socket-app.suite.js';
import { SqliteJobStore } from '@harmonia/job-engine';

/** Of the host, in the same namespace as Harmonia. */
@WebSocketGateway()
class ChatGateway {
  @SubscribeMessage('chat:say')
  say(_: unknown, text: string): string {
    return `you said ${text}`;
  }
}

class Lines extends ConsoleLogger {
  readonly lines: string[] = [];

  override error(...parts: unknown[]): void {
    this.lines.push(parts.join(' '));
  }
}

const SENT = 'do-not-repeat-me';

describe('requests', () => {
  const logger = new Lines({ logLevels: ['error'] });
  const store = new HeldJobStore(SqliteJobStore.open({ directory: ':memory:' }));
  let app: SocketApp;
  let ann: Client;
  beforeAll(async () => {
    app = await SocketApp.start({ jobs: { store }, imports: [{ module: class Host {}, providers: [ChatGateway] }], logger });
    ann = await app.connected(tokenOf('ann'));
  });
  beforeEach(() => ann.clear());
  afterAll(() => app.stop());

  const badWatches: [string, unknown[], string][] = [
    ['nothing', [], 'payload'],
    ['null', [null], 'payload'],
    ['a string', [SENT], 'payload'],
    ['a number', [7], 'payload'],
    ['true', [true], 'payload'],
    ['a list', [[{ jobId: SENT }]], 'jobId'],
    ['bytes', [Buffer.from(SENT)], 'jobId'],
    ['an empty object', [{}], 'jobId'],
    ['an id that is a number', [{ jobId: 7 }], 'jobId'],
    ['an id that is bytes', [{ jobId: Buffer.from(SENT) }], 'jobId'],
    ['an id that is a list', [{ jobId: [SENT] }], 'jobId'],
    ['an empty id', [{ jobId: '' }], 'jobId'],
    ['an id that is too long', [{ jobId: 'x'.repeat(129) }], 'jobId'],
    ['an oversized id', [{ jobId: 'x'.repeat(32_000) }], 'jobId'],
    ['an id with a colon', [{ jobId: `${SENT}:jobs` }], 'jobId'],
    ['an id with a slash', [{ jobId: `../${SENT}` }], 'jobId'],
    ...['constructor', '__proto__', 'toString', 'hasOwnProperty'].map((jobId): [string, unknown[], string] => [
      `the id ${jobId}`,
      [{ jobId }],
      'jobId',
    ]),
  ];

  describe.each(['job:subscribe', 'job:unsubscribe'])('%s', (verb) => {
    it.each(badWatches)('[R8] refuses %s, naming the field and repeating nothing', async (_, payload, field) => {
      const { ok, error } = await ann.ask(verb, ...payload);
      expect({ ok, code: error.code }).toEqual({ ok: false, code: 'payload-invalid' });
      expect(error.message).toMatch(new RegExp(`^${field}: `));
      expect(error.message).not.toContain(SENT);
      ann.say(verb, ...payload);
      expect(await ann.next('exception')).toEqual({ ...error, verb });
    });
  });

  it.each([
    ['nothing', [], 'payload'],
    ['a list', [[]], 'epoch'],
    ['no epoch', [{ jobs: {} }], 'epoch'],
    ['an epoch that is a number', [{ epoch: 1, jobs: {} }], 'epoch'],
    ['no jobs', [{ epoch: null }], 'jobs'],
    ['jobs as a list', [{ epoch: null, jobs: [SENT] }], 'jobs'],
    ['a job id that is none', [{ epoch: null, jobs: { [`${SENT}!`]: 1 } }], 'jobs'],
    ['a name of Object.prototype', [{ epoch: null, jobs: JSON.parse('{ "__proto__": 1 }') }], 'jobs'],
    ['a version that is a string', [{ epoch: null, jobs: { a: SENT } }], 'jobs'],
    ['a version below 0', [{ epoch: null, jobs: { a: -1 } }], 'jobs'],
    ['too many jobs', [{ epoch: null, jobs: Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`job-${index}`, 0])) }], 'jobs'],
    ['a cursor that is an object', [{ epoch: null, jobs: {}, user: {} }], 'user'],
    ['a cursor that is too long', [{ epoch: null, jobs: {}, user: SENT.repeat(40) }], 'user'],
  ])('[S5] jobs:sync refuses %s', async (_, payload, field) => {
    const { ok, error } = await ann.ask('jobs:sync', ...payload);
    expect({ ok, code: error.code }).toEqual({ ok: false, code: 'payload-invalid' });
    expect(error.message).toMatch(new RegExp(`^${field}`));
    expect(error.message).not.toContain(SENT);
  });

  it('ignores what a verb does not ask for', async () => {
    const jobId = await app.job('ann');
    expect(await ann.ask('job:subscribe', { jobId, more: SENT }, SENT)).toMatchObject({ ok: true });
    expect(await ann.ask('jobs:subscribe:user', { any: SENT })).toMatchObject({ ok: true });
    expect(await ann.ask('jobs:unsubscribe:user', [])).toMatchObject({ ok: true });
  });

  it.each(['jobs:explode', 'message', '', '__proto__', 'constructor', 'error', 'job:created', 'authenticated'])(
    'refuses the unknown verb %j',
    async (verb) => {
      expect(await ann.ask(verb, SENT)).toEqual({ ok: false, error: { code: 'verb-unknown', message: expect.any(String) } });
      ann.say(verb);
      expect(await ann.next('exception')).toMatchObject({ code: 'verb-unknown', verb });
    },
  );

  it('refuses a verb that is a number, and shortens a long one', async () => {
    ann.socket.emit(7 as never);
    expect(await ann.next('exception')).toMatchObject({ code: 'verb-unknown', verb: '7' });
    ann.clear();
    ann.say('x'.repeat(10_000));
    expect((await ann.next('exception')).verb).toBe('x'.repeat(64));
  });

  it('leaves the verbs of the host’s gateways in the same namespace to them', async () => {
    expect(await ann.ask('chat:say', 'hello')).toBe('you said hello');
    await ann.settled();
    expect(ann.received).toEqual([]);
  });

  it('answers internal-error for what is no refusal, and logs it without what was sent', async () => {
    jest.spyOn(store, 'read').mockRejectedValueOnce(new Error('The disk is on fire.'));
    const { error } = await ann.ask('job:subscribe', { jobId: SENT });
    expect(error).toEqual({ code: 'internal-error', message: expect.any(String) });
    expect(error.message).not.toContain('fire');
    const log = logger.lines.join('\n');
    expect(log).toContain('The disk is on fire.');
    expect(log).not.toContain(SENT);
  });

  it('answers internal-error for what is no error either', async () => {
    jest.spyOn(store, 'read').mockRejectedValueOnce(SENT);
    expect(await ann.ask('job:subscribe', { jobId: 'a' })).toMatchObject({ error: { code: 'internal-error' } });
    expect(logger.lines.join('\n')).not.toContain(SENT);
  });

  it('answers every verb with an object, whether it is granted or refused', async () => {
    const verbs = [
      'job:subscribe',
      'job:unsubscribe',
      'jobs:subscribe:user',
      'jobs:unsubscribe:user',
      'jobs:subscribe:all',
      'jobs:sync',
      '?',
    ];
    for (const verb of verbs) {
      const answer = await ann.ask(verb);
      expect(answer.ok ? answer.data.epoch : isRefusalCode(answer.error.code)).toBeTruthy();
    }
  });
});
