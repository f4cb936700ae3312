import { posix } from 'node:path';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { complaintOf } from '../connection/complaint.fixture.js';
import { JobIdSchema, JobTypeSchema, UserIdSchema } from './job-id.js';

const prototypeNames = Object.getOwnPropertyNames(Object.prototype);

describe('[R8] job ids', () => {
  it.each(['a', '7', 'job-1', 'A_b.c-d', 'invoice-2026.11', 'a..b', 'x'.repeat(127), 'x'.repeat(128), 'constructor1', 'Constructor'])(
    'accepts %s',
    (id) => expect(v.parse(JobIdSchema, id)).toBe(id),
  );

  it.each(prototypeNames)('refuses %s, a name of Object.prototype', (name) => {
    expect(v.is(JobIdSchema, name)).toBe(false);
    expect(v.is(JobTypeSchema, name)).toBe(false);
  });

  it.each([
    '',
    ' ',
    '.',
    '..',
    '-a',
    '_a',
    '.a',
    'a b',
    'a/b',
    '../a',
    'a\\b',
    'a:b',
    'a*',
    'a\n',
    '\na',
    'a\u0000',
    'ä',
    'a\u200b',
    '١',
    'x'.repeat(129),
    'x'.repeat(100_000),
    7,
    null,
    undefined,
    {},
    ['a'],
    true,
  ])('refuses %#', (id) => expect(v.is(JobIdSchema, id)).toBe(false));

  it('knows at least the names that break dictionaries', () => {
    expect(prototypeNames).toEqual(expect.arrayContaining(['constructor', '__proto__', 'hasOwnProperty', 'toString', 'valueOf']));
  });

  it('are safe as keys, room names and path segments, whatever is accepted', () => {
    const almostIds = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'aZ09_.-/\\:% '), maxLength: 12 }),
      fc.string({ unit: 'grapheme', maxLength: 130 }),
      fc.string({ unit: fc.constantFrom(...'aZ09_.-'), minLength: 1, maxLength: 130 }),
      fc.constantFrom(...prototypeNames),
    );
    let accepted = 0;
    fc.assert(
      fc.property(almostIds, (id) => {
        if (!v.is(JobIdSchema, id)) return;
        accepted++;
        expect(Reflect.get({}, id)).toBeUndefined();
        expect(Object.keys({ [id]: 1 })).toEqual([id]);
        expect(encodeURIComponent(id)).toBe(id);
        expect(posix.join('/data', id)).toBe(`/data/${id}`);
        expect(`job:${id}`.split(':')).toEqual(['job', id]);
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});

describe('[R8] job types', () => {
  it.each(['pdf-notes', 'x'.repeat(64)])('accepts %s', (type) => expect(v.is(JobTypeSchema, type)).toBe(true));
  it.each(['', 'pdf notes', '../pdf', 'x'.repeat(65)])('refuses %j', (type) =>
    expect(complaintOf(JobTypeSchema, type)).toBe('payload: A job type is 1–64 characters, and those of a job id.'),
  );
  it('refuses what is no string', () => expect(complaintOf(JobTypeSchema, 7)).toBe('payload: A job type is a string.'));
});

describe('[R8] user ids', () => {
  it.each([
    'u',
    'auth0|65f',
    'o:reilly@x.org',
    'Jürgen Ångström',
    '用户',
    '👩🏽',
    '..',
    '__proto__',
    'a b',
    'x'.repeat(256),
    '😀'.repeat(256),
  ])('accepts %s', (id) => expect(v.parse(UserIdSchema, id)).toBe(id));

  it.each([
    '',
    'a\u0000',
    'a\nb',
    'a\u007f',
    'a\u200bb',
    'a\u202eb',
    'a\u2028b',
    'a\u2029b',
    'a\ud800',
    'x'.repeat(257),
    '😀'.repeat(257),
    7,
    null,
    {},
  ])('refuses %#', (id) => expect(v.is(UserIdSchema, id)).toBe(false));

  it('encode to one room name, whatever is accepted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (id) => {
        if (v.is(UserIdSchema, id)) expect(decodeURIComponent(encodeURIComponent(id))).toBe(id);
      }),
      { numRuns: 2000 },
    );
    expect(() => encodeURIComponent('\ud800')).toThrow();
  });
});
