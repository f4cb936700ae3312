import * as v from 'valibot';
import { complaintOf } from '../connection/complaint.fixture.js';
import { CreateJobSchema, InlineJsonSchema, JobReportSchema, MAX_INLINE_BYTES, ReportedErrorSchema } from './job-report.js';

const heartbeat = { attempt: 1, sequence: 1 };
const error = { code: 'disk-full', message: 'The disk is full.' };
const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

describe('[R4] reports', () => {
  it.each([
    heartbeat,
    { attempt: 2 ** 31 - 1, sequence: 2 ** 31 - 1 },
    { ...heartbeat, status: 'processing' },
    { ...heartbeat, status: 'cancelled' },
    { ...heartbeat, status: 'completed' },
    { ...heartbeat, status: 'completed', result: null },
    { ...heartbeat, status: 'completed', result: { words: 7 } },
    { ...heartbeat, status: 'failed', error },
    { ...heartbeat, userId: 'u1', title: 'Seven', tags: ['a'] },
  ])('accepts %j', (report) => expect(v.parse(JobReportSchema, report)).toEqual(report));

  it('drops what it does not know', () => {
    expect(v.parse(JobReportSchema, { ...heartbeat, version: 9, percentage: 50 })).toEqual(heartbeat);
  });

  const counters = 'Attempt and sequence are at most 2^31 − 1.';
  it.each([
    [{}, 'attempt: This is missing. sequence: This is missing.'],
    [{ attempt: 0, sequence: 1 }, 'attempt: Attempt and sequence count from 1.'],
    [{ attempt: 1.5, sequence: 1 }, 'attempt: Attempt and sequence are whole numbers.'],
    [{ attempt: '1', sequence: 1 }, 'attempt: Attempt and sequence are numbers.'],
    [{ attempt: 1, sequence: 2 ** 53 }, `sequence: ${counters}`],
    [{ attempt: 2 ** 31, sequence: 1 }, `attempt: ${counters}`],
    [{ attempt: 1, sequence: 1e308 }, `sequence: ${counters}`],
    [{ ...heartbeat, status: 'queued' }, 'status: A report says one of: processing, completed, failed, cancelled.'],
    [{ ...heartbeat, result: 1 }, 'result: Only a report of "completed" carries a result.'],
    [{ ...heartbeat, status: 'failed', error, result: 1 }, 'result: Only a report of "completed" carries a result.'],
    [{ ...heartbeat, status: 'failed' }, 'error: A report of "failed" carries an error, and no other does.'],
    [{ ...heartbeat, error }, 'error: A report of "failed" carries an error, and no other does.'],
    [{ ...heartbeat, status: 'completed', error }, 'error: A report of "failed" carries an error, and no other does.'],
    [{ ...heartbeat, userId: 'a\nb' }, 'userId: A user id is 1–256 printable characters.'],
    [{ ...heartbeat, progress: { current: -1 } }, 'progress.current: Progress is not negative.'],
  ])('refuses %j', (report, sentence) => expect(complaintOf(JobReportSchema, report)).toBe(sentence));
});

describe('[R10] the error of a failed attempt', () => {
  it.each(['worker-lost', 'e1', 'a'.repeat(64)])('may be coded %s', (code) =>
    expect(v.is(ReportedErrorSchema, { code, message: 'It broke.' })).toBe(true),
  );

  it.each([
    [{ code: 'Worker Lost', message: 'x' }, 'code: An error code is lower-case words joined by "-".'],
    [{ code: 'a--b', message: 'x' }, 'code: An error code is lower-case words joined by "-".'],
    [{ code: '', message: 'x' }, 'code: An error code is lower-case words joined by "-".'],
    [{ code: 'a'.repeat(65), message: 'x' }, 'code: An error code is at most 64 characters.'],
    [{ code: 'a', message: '' }, 'message: An error message is not empty.'],
    [{ code: 'a', message: 'x'.repeat(2001) }, 'message: An error message is at most 2000 characters.'],
    [{ code: 'a' }, 'message: This is missing.'],
    ['it broke', 'payload: This must be an object.'],
  ])('refuses %#', (value, sentence) => expect(complaintOf(ReportedErrorSchema, value)).toBe(sentence));
});

describe('[R11] inline JSON', () => {
  const largest = 'x'.repeat(MAX_INLINE_BYTES - 2);
  it.each([null, undefined, 0, '', [], {}, { a: [1, { b: null }] }, largest, nested(100)])('accepts %#', (value) =>
    expect(v.is(InlineJsonSchema, value)).toBe(true),
  );

  it('counts bytes, not characters', () => {
    expect(v.is(InlineJsonSchema, 'ä'.repeat(MAX_INLINE_BYTES / 2 - 1))).toBe(true);
    expect(v.is(InlineJsonSchema, 'ä'.repeat(MAX_INLINE_BYTES / 2))).toBe(false);
  });

  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  circular['again'] = circular;
  it.each([
    `${largest}x`,
    nested(101),
    nested(30_000),
    circular,
    { n: 1n },
    {
      toJSON: () => {
        throw new Error('no');
      },
    },
  ])('refuses %#', (value) =>
    expect(complaintOf(InlineJsonSchema, value)).toBe(
      'payload: Inline JSON is at most 64 KB and 100 levels deep: store a file and name its path instead.',
    ),
  );
});

describe('[R12] creating', () => {
  it('needs a type and nothing else', () => {
    expect(v.parse(CreateJobSchema, { jobType: 'simulate' })).toEqual({ jobType: 'simulate', tags: [], input: null });
  });

  it('takes id, title, tags and input, and drops the rest', () => {
    const request = { jobType: 'simulate', id: 'mine-1', title: ' Mine ', tags: ['a', ' a ', 'b'], input: { steps: 3 } };
    expect(v.parse(CreateJobSchema, { ...request, status: 'completed', userId: 'someone-else', version: 9 })).toEqual({
      ...request,
      title: 'Mine',
      tags: ['a', 'b'],
    });
  });

  it.each([
    [{}, 'jobType: This is missing.'],
    [{ jobType: 7 }, 'jobType: Say which kind of job: jobType.'],
    [{ jobType: 'x', id: '__proto__' }, 'id: A job id is 1–128 letters, digits, "_", "." or "-", and starts with a letter or digit.'],
    [{ jobType: 'x', id: 'constructor' }, 'id: A job id is no name of Object.prototype: choose another.'],
    [{ jobType: 'x', title: '   ' }, 'title: A title is not empty.'],
    [{ jobType: 'x', title: 'x'.repeat(201) }, 'title: A title is at most 200 characters.'],
    [{ jobType: 'x', title: 'a\nb' }, 'title: A title has printable characters only.'],
    [{ jobType: 'x', tags: 'a' }, 'tags: Tags are a list of strings.'],
    [{ jobType: 'x', tags: [''] }, 'tags.0: A tag is not empty.'],
    [{ jobType: 'x', tags: ['a\u2028b'] }, 'tags.0: A tag has printable characters only.'],
    [{ jobType: 'x', tags: ['x'.repeat(51)] }, 'tags.0: A tag is at most 50 characters.'],
    [{ jobType: 'x', tags: Array.from({ length: 11 }, (_, index) => `t${index}`) }, 'tags: A job has at most 10 tags.'],
    [[], 'jobType: This is missing.'],
  ])('refuses %#', (request, sentence) => expect(complaintOf(CreateJobSchema, request)).toBe(sentence));

  it('counts different tags only', () => {
    const tags = Array.from({ length: 30 }, (_, index) => `t${index % 10}`);
    expect(v.parse(CreateJobSchema, { jobType: 'x', tags }).tags).toHaveLength(10);
  });
});
