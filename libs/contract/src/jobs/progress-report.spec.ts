import * as fc from 'fast-check';
import * as v from 'valibot';
import { complaintOf } from '../connection/complaint.fixture.js';
import { JobProgressSchema } from './job-progress.js';
import { ProgressReportSchema } from './progress-report.js';

describe('[R5] progress as it is reported', () => {
  it.each([
    [0, { current: 0, total: 100, message: '' }],
    [25, { current: 25, total: 100, message: '' }],
    [99.5, { current: 99.5, total: 100, message: '' }],
    [100, { current: 100, total: 100, message: '' }],
    [{ current: 0 }, { current: 0, total: null, message: '' }],
    [
      { current: 3, total: null },
      { current: 3, total: null, message: '' },
    ],
    [
      { current: 3, total: 9 },
      { current: 3, total: 9, message: '' },
    ],
    [
      { current: 3, total: 9, message: 'Page 3' },
      { current: 3, total: 9, message: 'Page 3' },
    ],
    [
      { current: 12, total: 9 },
      { current: 12, total: 9, message: '' },
    ],
    [
      { current: 3, percentage: 80, extra: 1 },
      { current: 3, total: null, message: '' },
    ],
  ])('reads %j', (report, parsed) => expect(v.parse(ProgressReportSchema, report)).toEqual(parsed));

  const shape = 'payload: Progress is a percentage from 0 to 100, or { current, total?, message? } with numbers and a text.';
  it.each([
    [-1, shape],
    [100.1, shape],
    [{ current: -0.1 }, 'current: Progress is not negative.'],
    [{ current: 1, total: 0 }, 'total: A total is above 0; leave it out when it is unknown.'],
    [{ current: 1, total: -5 }, 'total: Progress is not negative.'],
    [{ current: 2 ** 60 }, 'current: Progress is at most 2^53 − 1.'],
    [{ current: Infinity }, 'current: Progress is at most 2^53 − 1.'],
    [NaN, shape],
    ['25', shape],
    [null, shape],
    [[], shape],
    [{}, shape],
    [{ current: '3' }, shape],
    [{ current: NaN }, shape],
    [{ current: 1, total: '9' }, shape],
    [{ current: 1, message: 7 }, shape],
  ])('refuses %j', (report, sentence) => expect(complaintOf(ProgressReportSchema, report)).toBe(sentence));

  it('cuts a message at 500 characters and leaves no half character', () => {
    expect(v.parse(ProgressReportSchema, { current: 1, message: 'x'.repeat(900) }).message).toBe('x'.repeat(500));
    expect(v.parse(ProgressReportSchema, { current: 1, message: `${'x'.repeat(499)}😀` }).message).toBe(`${'x'.repeat(499)}\uFFFD`);
  });

  it('makes of every accepted report one that is its own parse', () => {
    const amounts = fc.oneof(fc.double(), fc.integer({ min: -5, max: 200 }));
    const reports = fc.oneof(
      amounts,
      fc.record(
        { current: amounts, total: fc.option(amounts), message: fc.string({ unit: 'binary', maxLength: 600 }) },
        { requiredKeys: ['current'] },
      ),
    );
    let accepted = 0;
    fc.assert(
      fc.property(reports, (report) => {
        const parsed = v.safeParse(ProgressReportSchema, report);
        if (!parsed.success) return;
        accepted++;
        expect(v.parse(ProgressReportSchema, parsed.output)).toEqual(parsed.output);
        expect(() => encodeURIComponent(parsed.output.message)).not.toThrow();
        expect(Number.isSafeInteger(Math.floor(parsed.output.current))).toBe(true);
      }),
      { numRuns: 2000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});

describe('[R5] progress as every view shows it', () => {
  const progress = { current: 3, total: 9, percentage: 33, message: '' };

  it.each([progress, { ...progress, total: null }, { ...progress, percentage: 100 }])('reads %j', (value) =>
    expect(v.parse(JobProgressSchema, value)).toEqual(value),
  );

  it.each([
    {},
    { ...progress, percentage: 33.3 },
    { ...progress, percentage: 101 },
    { ...progress, percentage: -1 },
    { ...progress, message: null },
  ])('refuses %j', (value) => expect(v.is(JobProgressSchema, value)).toBe(false));
});
