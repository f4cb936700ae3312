import * as v from 'valibot';
import { isRefusalCode, RefusalCodeSchema, REFUSALS, RefusalError, RefusalSchema, type RefusalCode } from './refusal.js';

describe('REFUSALS', () => {
  it.each(Object.entries(REFUSALS))('says of %s what to do', (code, { remedy, status, cure }) => {
    expect(code).toMatch(/^[a-z]+(-[a-z0-9]+)*$/);
    expect(['retry', 'new-token', 'final']).toContain(remedy);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(cure).toMatch(/^[A-Z].+[.]$/);
  });

  it('asks for a new token exactly where a sign-in helps, and answers 401 there', () => {
    const entries = Object.values(REFUSALS);
    expect(entries.filter(({ remedy }) => remedy === 'new-token').map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    expect(entries.filter(({ status }) => status === 401)).toHaveLength(4);
  });

  it('never gives up for good because the server had a bad moment', () => {
    const moments = Object.values(REFUSALS).filter(({ status }) => status >= 500);
    expect(moments.map(({ remedy }) => remedy)).toEqual(moments.map(() => 'retry'));
    expect(moments.length).toBeGreaterThanOrEqual(4);
  });
});

describe('isRefusalCode', () => {
  it.each(['job-not-found', 'timeout'])('knows %s', (code) => expect(isRefusalCode(code)).toBe(true));
  it.each(['', 'nope', 'constructor', '__proto__', 'toString', 7, null, undefined, ['timeout']])('does not know %j', (code) =>
    expect(isRefusalCode(code)).toBe(false),
  );
});

describe('RefusalError', () => {
  it('speaks the cure of its code when nothing better is said', () => {
    const error = new RefusalError('job-not-found');
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('RefusalError');
    expect(error.message).toBe(REFUSALS['job-not-found'].cure);
    expect(error.toRefusal()).toEqual({ code: 'job-not-found', message: error.message });
  });

  it.each(Object.keys(REFUSALS) as RefusalCode[])('carries nothing but code, message and wait: %s', (code) => {
    const error = Object.assign(new RefusalError(code, 'Said so.', 250), { cause: new Error('secret'), token: 'secret' });
    expect(error.toRefusal()).toStrictEqual({ code, message: 'Said so.', retryAfterMs: 250 });
    expect(JSON.stringify(new RefusalError(code).toRefusal())).not.toMatch(/stack|cause|retryAfterMs/);
  });

  it('keeps a wait of zero', () => {
    expect(new RefusalError('unavailable', 'Now.', 0).toRefusal()).toHaveProperty('retryAfterMs', 0);
  });
});

describe('RefusalSchema', () => {
  it('reads back what travels', () => {
    const refusal = new RefusalError('server-stopping', 'Back soon.', 1500).toRefusal();
    expect(v.parse(RefusalSchema, JSON.parse(JSON.stringify(refusal)))).toEqual(refusal);
  });

  it('takes a code that only a newer server knows as one to try again', () => {
    expect(v.parse(RefusalCodeSchema, 'quota-spent')).toBe('internal-error');
    expect(REFUSALS['internal-error'].remedy).toBe('retry');
  });

  it.each([{}, { code: 'timeout' }, { code: 7, message: '' }, { code: 'timeout', message: '', retryAfterMs: -1 }, null])(
    'refuses %j',
    (value) => expect(v.is(RefusalSchema, value)).toBe(false),
  );
});
