import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { randomUUID } from 'node:crypto';
import { RedisJobStore } from './redis-job-store.js';
import { stepHistory, stepIn, stepsIn, stepText } from './redis-steps.js';
import { complete, create, followProbe, inShort, recordOf, report, step } from './store-probe.suite.js';

describeWithRedis('steps of progress in Redis [R5, R6, F1]', () => {
  let server: RedisServer;
  let prefix: string;
  let stores: RedisJobStore[] = [];

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.remove());
  beforeEach(() => {
    prefix = randomUUID();
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    stores = [];
  });

  const node = (): RedisJobStore => {
    const store = RedisJobStore.open({ url: server.url, prefix });
    stores.push(store);
    return store;
  };
  const redis = (name: string, key: string, ...words: string[]) => server.command(name, `{${prefix}:p0}:${key}`, ...words);
  const input = { pages: 'some words, '.repeat(4) };
  const begun = [create('a', { title: 'May', input }), report('a'), create('b'), report('b')];

  it('are a few words after the revision, in the history and in the stream, and the job as a whole stays as it was', async () => {
    const one = node();
    await one.apply(begun);
    const whole = redis('GET', 'job:a');
    await one.apply([step('a', 7), step('b', 8)]);
    expect(redis('GET', 'job:a')).toBe(whole);
    const text = stepText(await recordOf(one, 'a'));
    expect(redis('HGET', 'revisions', 'a')).toMatch(/^=\S+ \[3,/);
    expect(redis('HGET', 'revisions', 'a').endsWith(` ${text}`)).toBe(true);
    expect(redis('LRANGE', 'history:a:progress', '0', '-1')).toBe(text);
    const entry = redis('XREVRANGE', 'events', '+', '-', 'COUNT', '1').split('\n');
    expect(entry.slice(-2)).toEqual(['a b', `${text},${stepText(await recordOf(one, 'b'))}`]);
  });

  it('know of what was heard after them in the same batch, and added nothing', async () => {
    const [one, two] = [node(), node()];
    await one.apply(begun);
    await one.apply([step('a', 7), report('a', { sequence: 40 }), create('c')]);
    expect(await recordOf(two, 'a')).toMatchObject({ sequence: 40, job: { version: 3, progress: { current: 7 } } });
    expect(await recordOf(two, 'a')).toEqual(await recordOf(one, 'a'));
    expect((await two.apply([step('a', 8, { sequence: 39 })])).map(({ result }) => result)).toEqual(['ignored']);
  });

  it.each([
    ['short', input],
    ['long', { pages: 'a'.repeat(2000) }],
  ])('are whole jobs with a %s body to whoever reads, lists or follows, also from the middle', async (_, body) => {
    const [one, two] = [node(), node()];
    await one.apply([create('a', { title: 'May', input: body }), report('a'), step('a', 1)]);
    const probe = await followProbe(two);
    await one.apply([step('a', 2)]);
    await one.apply([step('a', 3, { sequence: 40 })]);
    const expected = await recordOf(one, 'a');
    expect(expected).toMatchObject({ sequence: 40, job: { version: 5, title: 'May', input: body, progress: { current: 3 } } });
    expect(await recordOf(two, 'a')).toEqual(expected);
    expect((await two.list({ scope: 'all', limit: 5 })).jobs).toEqual([expected.job]);
    expect((await two.since(null, { userId: 'ann' }, 5)).jobs).toEqual([expected.job]);
    expect((await two.overdue({ heartbeatBefore: Infinity, endedBefore: 0 })).lost).toEqual([expected]);
    const events = await probe.settled();
    expect(events.map(inShort)).toEqual(['progress a 4', 'progress a 5']);
    expect(events.at(-1)).toEqual({ kind: 'progress', job: expected.job });
    expect((await two.history('a')).map(({ version, status, progress }) => [version, status, progress?.current ?? null])).toEqual([
      [1, 'queued', null],
      [2, 'processing', null],
      ...[1, 2, 3].map((current) => [2 + current, 'processing', current]),
    ]);
  });

  it.each([
    ['its beginning', 'creation', 1],
    ['the middle', 'step', 3],
  ])('are told with a body that is no newer than they are, though the job has ended since: from %s', async (_, from, bodyVersion) => {
    const [one, two] = [node(), node()];
    const creation = (await one.read([])).position;
    await one.apply([create('a', { input: { pages: 'a'.repeat(2000) } }), report('a')]);
    const position = from === 'creation' ? creation : (await one.read([])).position;
    await one.apply([step('a', 1)]);
    await one.apply([complete('a', { pages: 2 })]);
    const told = await (await followProbe(two, position)).settled();
    expect(told.slice(-2).map((event) => 'job' in event && [event.kind, event.job.version, event.job.bodyVersion])).toEqual([
      ['progress', 3, bodyVersion],
      ['completed', 4, 4],
    ]);
  });

  it('keep their order among other changes of the same batch', async () => {
    const one = node();
    const probe = await followProbe(one);
    await one.apply(begun);
    await one.apply([step('b', 1), { kind: 'edited', id: 'a', title: 'June' }, create('c'), step('a', 1), report('c'), step('c', 1)]);
    await one.apply([report('a'), step('b', 2), step('a', 2)]);
    const told = (await probe.settled()).slice(begun.length).map(inShort);
    expect(told).toEqual([
      ...['progress b 3', 'edited a 3', 'created c 1', 'progress a 4', 'started c 2', 'progress c 3'],
      ...['progress b 4', 'progress a 5'],
    ]);
    const { jobs } = await one.since(null, 'all', 9);
    expect(jobs.map(({ id, title, progress }) => [id, title, progress?.current])).toEqual([
      ['c', null, 1],
      ['b', null, 2],
      ['a', 'June', 2],
    ]);
  });

  it('[F2] are left out when the job is gone before a follower learns what it was', async () => {
    const [one, two] = [node(), node()];
    await one.apply(begun);
    const { position } = await one.read([]);
    await one.apply([step('a', 1), step('b', 1)]);
    await one.apply([complete('a')]);
    await one.apply([{ kind: 'removed', id: 'a' }]);
    const probe = await followProbe(two, position);
    expect((await probe.settled()).map(inShort)).toEqual(['progress b 3', 'completed a 4', 'removed a 5']);
    await expect(recordOf(two, 'a')).rejects.toThrow('There is no job a.');
  });
});

describe('the text of a step', () => {
  const text = '[7,2,1700000000000,9,3,null,40,"a \\"b\\", [c]"]';
  const stepOfText = {
    version: 7,
    attempt: 2,
    at: 1_700_000_000_000,
    sequence: 9,
    progress: { current: 3, total: null, percentage: 40, message: 'a "b", [c]' },
  };

  it('says all of it, alone and among others', () => {
    expect(stepIn(text)).toEqual(stepOfText);
    expect(stepsIn([text, text].join(','))).toEqual([stepOfText, stepOfText]);
    expect(stepHistory(text)).toMatchObject({ version: 7, attempt: 2, at: '2023-11-14T22:13:20.000Z', status: 'processing' });
  });

  it.each(['', '[]', '{}', '[7,2,1700000000000,9,3,null,40]', text.slice(0, -1)])('is refused as %j', (bad) => {
    expect(() => stepIn(bad)).toThrow();
  });
});
