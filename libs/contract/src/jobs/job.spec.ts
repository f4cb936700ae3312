import * as v from 'valibot';
import type { Job as AugmentedJob, JobFileResult, UploadedFile } from '../index.js';
import type { Same } from '../same.fixture.js';
import { JobFileResultSchema, UploadedFileSchema } from './job-file.js';
import { jobOf } from './job.fixture.js';
import { jobFailure, JobSchema, type Job, type JobFailure } from './job.js';

declare module '@harmonia/contract' {
  interface JobTypes {
    'test-notes': { input: { file: UploadedFile }; result: JobFileResult };
  }
}

describe('JobSchema', () => {
  it('reads a whole job and drops what it does not know', () => {
    expect(v.parse(JobSchema, { ...jobOf(), secret: 1 })).toEqual(jobOf());
  });

  it('leaves input and result as they are', () => {
    const job = jobOf({ input: { deep: [1, { a: null }] }, result: 'text' });
    expect(v.parse(JobSchema, job)).toEqual(job);
  });

  it.each([
    { id: 'constructor' },
    { userId: '' },
    { jobType: 'a b' },
    { status: 'paused' },
    { attempt: 0 },
    { version: 1.5 },
    { bodyVersion: 2 ** 53 },
    { createdAt: 'yesterday' },
    { updatedAt: 7 },
    { title: undefined },
    { tags: 'a' },
    { progress: undefined },
  ])('refuses %j', (change) => expect(v.is(JobSchema, { ...jobOf(), ...change })).toBe(false));
});

describe('[R11] jobFailure', () => {
  const failure = { error: 'The worker was lost.', code: 'worker-lost' };

  it('tells why a failed job failed', () => expect(jobFailure({ status: 'failed', result: failure })).toEqual(failure));
  it('is null for every other job', () => expect(jobFailure({ status: 'completed', result: failure })).toBeNull());
  it('is null where no reason was kept', () => expect(jobFailure({ status: 'failed', result: null })).toBeNull());
});

describe('[R11] files', () => {
  it('are named in the result and in the input', () => {
    const result = { outputPath: 'results/job-1/1/notes.md', fileName: 'notes.md', mediaType: 'text/markdown', bytes: 12 };
    expect(v.parse(JobFileResultSchema, result)).toEqual(result);
    expect(v.parse(UploadedFileSchema, { name: 'a.pdf', mediaType: 'application/pdf', bytes: 9 })).toHaveProperty('bytes', 9);
    expect(v.is(JobFileResultSchema, { ...result, bytes: -1 })).toBe(false);
  });
});

describe('the type Job', () => {
  it('is any job when it stands alone, also as it comes off the wire', () => {
    const parsedIsAJob: Same<Job['input'], unknown> = true;
    const wireIsJob: v.InferOutput<typeof JobSchema> extends Job ? true : false = true;
    const jobIsWire: Job extends v.InferOutput<typeof JobSchema> ? true : false = true;
    expect([parsedIsAJob, wireIsJob, jobIsWire]).toEqual([true, true, true]);
  });

  it('takes the types of input and result', () => {
    const input: Same<Job<{ steps: number }, { words: number }>['input'], { steps: number } | null> = true;
    const result: Same<Job<{ steps: number }, { words: number }>['result'], { words: number } | JobFailure | null> = true;
    const jobType: Same<Job<{ steps: number }>['jobType'], string> = true;
    expect([input, result, jobType]).toEqual([true, true, true]);
  });

  it('knows what an application has declared in JobTypes', () => {
    const input: Same<AugmentedJob<'test-notes'>['input'], { file: UploadedFile } | null> = true;
    const result: Same<AugmentedJob<'test-notes'>['result'], JobFileResult | JobFailure | null> = true;
    const jobType: Same<AugmentedJob<'test-notes'>['jobType'], 'test-notes'> = true;
    const isAnyJob: AugmentedJob<'test-notes'> extends AugmentedJob ? true : false = true;
    expect([input, result, jobType, isAnyJob]).toEqual([true, true, true, true]);
  });

  it('is never for a name that nobody declared', () => {
    const misspelt: Same<AugmentedJob<'test-nots'>, never> = true;
    expect(misspelt).toBe(true);
  });
});
