import * as v from 'valibot';
import { JOB_EVENT_SCHEMAS } from './job-events.js';
import { jobOf, stateOf } from './job.fixture.js';

const epoch = 'e1';
const failure = { error: 'The disk is full.', code: 'disk-full' };
const body = { title: 'One', tags: ['a'], input: null, result: failure };
const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('[E1] job events', () => {
  it.each([
    ['job:created', { epoch, job: jobOf({ status: 'queued', progress: null }) }],
    ['job:status', { epoch, ...stateOf({ status: 'cancelled' }) }],
    ['job:status', { epoch, ...stateOf({ status: 'queued', progress: null, attempt: 2 }), reason: 'interrupted' }],
    ['job:status', { epoch, ...stateOf({ version: 4, bodyVersion: 4 }), ...body }],
    ['job:progress', { epoch, ...stateOf() }],
    ['job:completed', { epoch, job: jobOf({ status: 'completed', result: { words: 7 } }) }],
    ['job:failed', { epoch, ...stateOf({ status: 'failed', version: 4, bodyVersion: 4 }), ...body, ...failure }],
    ['job:removed', { epoch, id: 'job-1', version: 5 }],
  ] as const)('reads %s', (name, payload) => {
    expect(v.parse(JOB_EVENT_SCHEMAS[name], overTheWire(payload))).toEqual(payload);
  });

  it('[R7] carries the epoch, always', () => {
    for (const schema of Object.values(JOB_EVENT_SCHEMAS)) {
      const payload = { job: jobOf(), ...stateOf(), ...failure };
      expect(v.is(schema, { epoch, ...payload })).toBe(true);
      expect(v.is(schema, payload)).toBe(false);
      expect(v.is(schema, { epoch: '', ...payload })).toBe(false);
    }
  });

  it.each(['job:status', 'job:progress'] as const)('carries the whole light state: %s', (name) => {
    for (const field of Object.keys(stateOf())) {
      const { [field]: dropped, ...rest }: Record<string, unknown> = { ...stateOf() };
      expect(dropped).toBeDefined();
      expect(v.is(JOB_EVENT_SCHEMAS[name], { epoch, ...rest })).toBe(false);
    }
  });

  it.each([
    ['job:created', { epoch, job: stateOf() }],
    ['job:status', { epoch, ...stateOf(), status: 'paused' }],
    ['job:status', { epoch, ...stateOf(), reason: 'bored' }],
    ['job:progress', { epoch, ...stateOf(), progress: 25 }],
    ['job:progress', { epoch, ...stateOf(), version: 0 }],
    ['job:progress', { epoch, ...stateOf(), version: 2 ** 53 }],
    ['job:failed', { epoch, ...stateOf({ status: 'failed' }) }],
    ['job:removed', { epoch, id: '__proto__', version: 5 }],
    ['job:removed', { epoch, id: 'job-1', version: -1 }],
  ] as const)('refuses a wrong %s', (name, payload) => expect(v.is(JOB_EVENT_SCHEMAS[name], payload)).toBe(false));
});
