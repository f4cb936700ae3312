import * as fc from 'fast-check';
import * as v from 'valibot';
import { CreateJobSchema, JobReportSchema } from '../jobs/job-report.js';
import { JobListQuerySchema, JobsSyncSchema, JobWatchSchema } from '../jobs/job-commands.js';
import { complaintOf } from './complaint.fixture.js';
import { parseOrRefuse } from './payload.js';
import { HandshakeAuthSchema } from './handshake.js';

describe('parseOrRefuse', () => {
  it('hands out what the schema makes of the payload', () => {
    expect(parseOrRefuse(JobReportSchema, { attempt: 1, sequence: 2, progress: 25 })).toEqual({
      attempt: 1,
      sequence: 2,
      progress: { current: 25, total: 100, message: '' },
    });
  });

  it.each([
    [JobWatchSchema, undefined, 'payload: This is missing.'],
    [JobWatchSchema, null, 'payload: This must be an object.'],
    [JobWatchSchema, 'job-1', 'payload: This must be an object.'],
    [JobWatchSchema, {}, 'jobId: This is missing.'],
    [JobWatchSchema, { jobId: 7 }, 'jobId: A job id is a string.'],
    [JobReportSchema, { attempt: 1, sequence: 1, progress: { current: -1 } }, 'progress.current: Progress is not negative.'],
    [CreateJobSchema, { jobType: 'x', tags: ['ok', 7] }, 'tags.1: A tag is a string.'],
    [v.object({ flag: v.boolean() }), { flag: 'secret' }, 'flag: This must be boolean.'],
    [v.object({ list: v.array(v.string()) }), { list: 'secret' }, 'list: This must be a list.'],
    [
      v.object({
        even: v.pipe(
          v.number(),
          v.check(() => false),
        ),
      }),
      { even: 3 },
      'even: This is not valid.',
    ],
  ])('names the field at fault (%#)', (schema: v.GenericSchema, payload: unknown, sentence: string) => {
    expect(complaintOf(schema, payload)).toBe(sentence);
  });

  it('names three fields and counts the rest', () => {
    const four = v.object({ a: v.string(), b: v.string(), c: v.string(), d: v.string() });
    expect(complaintOf(four, {})).toBe('a: This is missing. b: This is missing. c: This is missing. There are 1 more.');
  });

  it('does not repeat a key that the sender chose', () => {
    expect(complaintOf(v.record(v.string(), v.number()), { 'eyJhbGciOi.x.y': 'z' })).toBe('*: This must be number.');
  });

  it('never repeats a value, whatever is sent', () => {
    const marked = fc.constantFrom('hunter2', ['hunter2'], { hunter2: 'hunter2' }, { jobId: ['hunter2'] }, 'hunter2\u0000');
    const field = fc.constantFrom(
      'jobId',
      'jobType',
      'id',
      'title',
      'tags',
      'progress',
      'error',
      'status',
      'jobs',
      'user',
      'epoch',
      'limit',
      'token',
    );
    const payloads = fc.oneof(marked, fc.dictionary(field, fc.oneof(marked, fc.dictionary(field, marked))));
    const schemas = fc.constantFrom<v.GenericSchema[]>(
      JobWatchSchema,
      JobsSyncSchema,
      JobListQuerySchema,
      JobReportSchema,
      CreateJobSchema,
      HandshakeAuthSchema,
    );
    let refused = 0;
    fc.assert(
      fc.property(schemas, payloads, (schema, payload) => {
        const complaint = complaintOf(schema, payload);
        refused += complaint === null ? 0 : 1;
        expect(complaint ?? '').not.toMatch(/hunter2|received|undefined|\[object/);
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(100);
  });
});
