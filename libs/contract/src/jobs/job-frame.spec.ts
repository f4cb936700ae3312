import * as fc from 'fast-check';
import * as v from 'valibot';
import { framedJobs, framedLine, JobsFrameSchema, type FramedJob } from './job-frame.js';
import { JOB_STATUSES } from './job-status.js';
import { stateOf } from './job.fixture.js';

const AT = Date.parse('2026-11-21T07:00:01.250Z');

function framedOf(changes: Partial<FramedJob> = {}): FramedJob {
  const { id, version, status, attempt, bodyVersion, updatedAt, progress } = stateOf();
  return { id, version, status, attempt, bodyVersion, updatedAt, progress, ...changes };
}

const progress = (changes: Partial<NonNullable<FramedJob['progress']>>) =>
  framedOf({ progress: { current: 1, total: 4, percentage: 25, message: '', ...changes } });

describe('[E4] a line of a frame', () => {
  it.each([
    [framedOf(), 'job-1 3 p 250 1/4 Step 1'],
    [framedOf({ progress: null }), 'job-1 3 p 250'],
    [framedOf({ status: 'queued', attempt: 2, version: 12, bodyVersion: 4, progress: null }), 'job-1 12 q2.4 250'],
    [framedOf({ attempt: 12, progress: null }), 'job-1 3 p12 250'],
    [framedOf({ bodyVersion: 3, progress: null }), 'job-1 3 p.3 250'],
    [framedOf({ updatedAt: '2026-11-21T07:00:02.000Z', progress: null }), 'job-1 3 p -750'],
    [framedOf({ id: '00112233-4455-6677-8899-aabbccddeeff', progress: null }), '~ABEiM0RVZneImaq7zN3u_w 3 p 250'],
    [framedOf({ id: '00112233-4455-6677-8899-AABBCCDDEEFF', progress: null }), '00112233-4455-6677-8899-AABBCCDDEEFF 3 p 250'],
    [framedOf({ id: '00112233-4455-6677-8899-aabbccddeefg', progress: null }), '00112233-4455-6677-8899-aabbccddeefg 3 p 250'],
    [framedOf({ id: '00112233-4455-6677-88990aabbccddeeff', progress: null }), '00112233-4455-6677-88990aabbccddeeff 3 p 250'],
    [progress({ total: null, percentage: 0 }), 'job-1 3 p 250 1'],
    [progress({ total: null, percentage: 100 }), 'job-1 3 p 250 1%100'],
    [progress({ percentage: 30 }), 'job-1 3 p 250 1/4%30'],
    [progress({ current: 0, total: 0, percentage: 0 }), 'job-1 3 p 250 0/0%0'],
    [progress({ current: 0.5, percentage: 12, message: ' two  words ' }), 'job-1 3 p 250 0.5/4  two  words '],
    [progress({ message: 'a\nb\\n"c" ü 😀\r\u2028' }), 'job-1 3 p 250 1/4 a\\nb\\\\n"c" ü 😀\r\u2028'],
  ])('%# is written and read as it is documented', (job, line) => {
    expect(framedLine(job, AT)).toBe(line);
    expect(framedJobs(line, AT)).toEqual([job]);
  });

  it.each([
    '',
    ' ',
    'job-1',
    'job-1 3 p',
    'job-1 3 p ',
    'job-1  3 p 250',
    'job-1 3  250',
    'job-1 3 z 250',
    'job-1 0 p 250',
    'job-1 03 p 250',
    'job-1 3.5 p 250',
    'job-1 ٣ p 250',
    'job-1 9007199254740993 p 250',
    'job-1 3 p9007199254740993 250',
    'job-1 3 p.9007199254740993 250',
    'job-1 3 p0 250',
    'job-1 3 p.0 250',
    'job-1 3 p. 250',
    'job-1 3 p2. 250',
    'job-1 3 p.2.3 250',
    'job-1 3 p1x 250',
    'job-1 3 p 2e3',
    'job-1 3 p 999999999999999',
    'job-1 3 p -999999999999999',
    'constructor 3 p 250',
    '../x 3 p 250',
    `${'x'.repeat(129)} 3 p 250`,
    '~ 3 p 250',
    '~ABEiM0RVZneImaq7zN3u_ 3 p 250',
    '~ABEiM0RVZneImaq7zN3u_x 3 p 250',
    '~ABEiM0RVZneImaq7zN3u_ww 3 p 250',
    '~ABEiM0RVZneImaq7zN3u.w 3 p 250',
    '~ABEiM0RVZneImaq7zN3uüw 3 p 250',
    'job-1 3 p 250 ',
    'job-1 3 p 250 /4',
    'job-1 3 p 250 1/',
    'job-1 3 p 250 1/4/4',
    'job-1 3 p 250 1/4 ',
    'job-1 3 p 250 1/4% ',
    'job-1 3 p 250 1/4%101',
    'job-1 3 p 250 1/4%-1',
    'job-1 3 p 250 1/4%2.5',
    'job-1 3 p 250 1%25/4',
    'job-1 3 p 250 5/4',
    'job-1 3 p 250 0/0',
    'job-1 3 p 250 -1/4',
    'job-1 3 p 250 1e400/4',
    'job-1 3 p 250 1.2.3/4',
    'job-1 3 p 250 1/NaN',
    'job-1 3 p 250 1/1e16',
    'job-1 3 p 250 1/4 \\',
    'job-1 3 p 250 1/4 \\t',
    'job-1 3 p 250 1/4 Step 1\n',
  ])('%j is refused, and the whole frame with it', (line) => {
    expect(framedJobs(line, AT)).toBeNull();
    expect(framedJobs(`a 1 q 0\n${line}`, AT)).toBeNull();
  });

  it('is refused when its frame has no time', () => expect(framedJobs('job-1 3 p 250', NaN)).toBeNull());
});

const amounts = fc.double({ min: 0, max: Number.MAX_SAFE_INTEGER, noNaN: true }).map((amount) => amount + 0);
const counters = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const messages = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 500 }),
  fc.string({ unit: fc.constantFrom(' ', '\n', '\\', '"', 'n', '\r', '\t', 'ü', '😀', '\ud800', '\u2028'), maxLength: 40 }),
);
const framedJobsOfAnyKind: fc.Arbitrary<FramedJob> = fc.record({
  id: fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/).filter((id) => !(id in Object.prototype)),
    fc.uuid(),
    fc.uuid().map((id) => id.toUpperCase()),
  ),
  version: counters,
  status: fc.constantFrom(...JOB_STATUSES),
  attempt: counters,
  bodyVersion: counters,
  updatedAt: fc
    .date({ min: new Date('0000-01-01T00:00:00.000Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  progress: fc.option(
    fc.record({ current: amounts, total: fc.option(amounts), percentage: fc.integer({ min: 0, max: 100 }), message: messages }),
  ),
});

describe('[E4] a frame', () => {
  it.each([{ jobs: 'job-1 1 q 0' }, { deflated: 'AA==' }])('has its lines as text, or deflated: %j', (lines) =>
    expect(v.is(JobsFrameSchema, { epoch: 'e', at: AT, ...lines })).toBe(true),
  );

  it.each([{ jobs: 7 }, { jobs: null }, { jobs: ['job-1 1 q 0'] }, { deflated: new Uint8Array([1, 2]) }])(
    'has them as nothing else: %j',
    (lines) => expect(v.is(JobsFrameSchema, { epoch: 'e', at: AT, ...lines })).toBe(false),
  );

  it('is read as it was written, whatever jobs it holds, and through JSON', () => {
    const times = fc.integer({ min: 0, max: Date.parse('2200-01-01') });
    fc.assert(
      fc.property(fc.array(framedJobsOfAnyKind, { minLength: 1, maxLength: 8 }), times, (jobs, at) => {
        const told = { epoch: 'e', at, jobs: jobs.map((job) => framedLine(job, at)).join('\n') };
        const { jobs: lines, at: time } = v.parse(JobsFrameSchema, JSON.parse(JSON.stringify(told)));
        expect(framedJobs(lines ?? '', time)).toEqual(jobs);
      }),
      { numRuns: 1000 },
    );
  });

  it('is read or refused, whatever has become of it: never an error, never a job that the contract does not allow', () => {
    const line = '~ABEiM0RVZneImaq7zN3u_w 3 p2.2 250 1/4%26 Step \\\\ 1';
    const piece = fc.oneof(
      fc.constantFrom(' ', '\n', '\\', '-', '9', 'p', '.', 'e', '/', '%', '~'),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    let read = 0;
    fc.assert(
      fc.property(fc.nat(line.length), fc.nat(4), piece, (from, length, other) => {
        const jobs = framedJobs(line.slice(0, from) + other + line.slice(from + length), AT);
        for (const job of jobs ?? []) expect(framedJobs(framedLine(job, AT), AT)).toEqual([job]);
        if (jobs) read++;
      }),
      { numRuns: 3000 },
    );
    expect(read).toBeGreaterThan(100);
  });
});
