import type { Job } from '@harmonia/contract';
import { Readable } from 'node:stream';
import { temporaryDirectory } from '../engine.suite.js';
import { DiskFileStore } from '../files/disk-file-store.js';
import { JobPublisher } from '../publishing/job-publisher.js';
import { OutageJobStore } from '../publishing/outage-job-store.suite.js';
import { AttemptReport } from './attempt-report.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let store: OutageJobStore;
let publisher: JobPublisher;
let job: Job;
let attempt: AbortController;
let report: AttemptReport;

beforeEach(async () => {
  directory = await temporaryDirectory();
  store = new OutageJobStore();
  publisher = new JobPublisher(store, { progressIntervalMs: 50 });
  job = await publisher.created({ id: 'a', userId: 'ann', jobType: 'simulate' });
  attempt = new AbortController();
  report = new AttemptReport(publisher.reporter(job), new DiskFileStore(directory.path), attempt);
  await report.heartbeat();
});

afterEach(async () => {
  store.recover();
  await publisher.close();
  await store.close();
  await directory.remove();
});

describe('the report of an attempt, of whose end nobody has told it', () => {
  it.each(['cancelled', 'retrying'] as const)('[R4] learns from its next progress that the job was %s', async (how) => {
    await (how === 'cancelled' ? publisher.cancelled('a') : publisher.requeued('a', how));
    await expect(report.progress(50)).rejects.toMatchObject({ name: 'AbortError' });
    expect(attempt.signal.aborted).toBe(true);
    await expect(report.progress(51)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('[R4, R10] learns it from its next heartbeat', async () => {
    await publisher.cancelled('a');
    await report.heartbeat();
    expect(attempt.signal.aborted).toBe(true);
  });

  it('[R4] goes on after a report that was merely older', async () => {
    await publisher.report({ kind: 'reported', id: 'a', attempt: 1, sequence: 9, progress: { current: 1, total: 10, message: '' } });
    await report.progress(50);
    expect(attempt.signal.aborted).toBe(false);
    await publisher.flush();
    expect((await store.read(['a'])).records.get('a')?.job.progress).toMatchObject({ percentage: 50 });
  });

  it('[R10] goes on while the store cannot be reached, and stops when the server does', async () => {
    store.fail();
    await expect(report.progress(50)).resolves.toBeUndefined();
    store.recover();
    await publisher.close();
    await expect(report.progress(60)).rejects.toMatchObject({ code: 'server-stopping' });
  });

  it('hands on what the disk says of a file, and keeps in mind that there may be one', async () => {
    expect(report.hasFiles).toBe(false);
    const failing = new AttemptReport(publisher.reporter(job), new DiskFileStore('/dev/null'), attempt);
    await expect(failing.file('a.md', 'text/markdown', Readable.from(['x']))).rejects.toMatchObject({ code: expect.stringMatching(/^E/) });
    await report.file('a.md', 'text/markdown', Readable.from(['x']));
    expect(report.hasFiles).toBe(true);
  });
});
