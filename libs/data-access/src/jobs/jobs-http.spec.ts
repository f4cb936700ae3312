import { HttpEventType } from '@angular/common/http';
import { HttpTestingController } from '@angular/common/http/testing';
import { effect, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { Refusal } from '@harmonia/contract';
import { aHost, settle } from '../harmonia.fixture';
import { withGateway } from '../provide-harmonia';
import { JobInbox } from './job-inbox';
import { aJob, anOutcome, idsIn } from './job.fixture';
import { JobsHttp, type UploadStep } from './jobs-http';

const EPOCH = { headers: { 'Harmonia-Epoch': 'epoch-1' } };

function setUp(token: (refusal: Refusal | null) => string | null = () => 'token-1') {
  const host = aHost(token, [...withGateway({ url: 'https://jobs.example.com/' }).providers]);
  const server = TestBed.inject(HttpTestingController);
  const inbox = TestBed.inject(JobInbox);
  inbox.adopt({ epoch: 'epoch-1', jobs: [], removed: [] }, anOutcome());
  const expectOne = async (method: string, path: string) => {
    await settle();
    return server.expectOne({ method, url: `https://jobs.example.com/api${path}` });
  };
  return { ...host, jobs: TestBed.inject(JobsHttp), expectOne, flush: () => inbox.flush() };
}

describe('JobsHttp', () => {
  afterEach(() => TestBed.inject(HttpTestingController).verify());

  it('[C1] creates a job with the session’s token, and the answer is known at once', async () => {
    const { jobs, expectOne, records, flush } = setUp();
    const created = jobs.create({ jobType: 'simulate', input: { steps: 3 } });
    const request = await expectOne('POST', '/jobs');
    expect(request.request.headers.get('Authorization')).toBe('Bearer token-1');
    expect(request.request.body).toEqual({ jobType: 'simulate', input: { steps: 3 } });
    request.flush(aJob(), EPOCH);
    expect(await created).toEqual(aJob());
    flush();
    expect(idsIn(records())).toEqual(['job-1']);
  });

  it('asks once for an effect, whatever becomes of the token', async () => {
    const token = signal('token-1');
    const { jobs, expectOne } = setUp(() => token());
    TestBed.runInInjectionContext(() => effect(() => void jobs.create({ jobType: 'simulate', input: null })));
    (await expectOne('POST', '/jobs')).flush(aJob(), EPOCH);
    token.set('token-2');
    await settle();
    TestBed.inject(HttpTestingController).expectNone('https://jobs.example.com/api/jobs');
  });

  it('[C3] keeps an answer of another epoch, or of none, out of the state', async () => {
    const { jobs, expectOne, records, flush } = setUp();
    let gaps = 0;
    TestBed.inject(JobInbox).syncNeeded.subscribe(() => gaps++);
    const strange: Record<string, string>[] = [{ 'Harmonia-Epoch': 'epoch-2' }, {}];
    for (const headers of strange) {
      const cancelled = jobs.cancel('job-1');
      (await expectOne('POST', '/jobs/job-1/cancel')).flush(aJob({ status: 'cancelled' }), { headers });
      expect((await cancelled).status).toBe('cancelled');
    }
    flush();
    expect([idsIn(records()), gaps]).toEqual([[], 1]);
  });

  it('uploads a file with its progress, the fields ahead of the file', async () => {
    const { jobs, expectOne } = setUp();
    const steps: UploadStep[] = [];
    const file = new File(['%PDF'], 'a.pdf', { type: 'application/pdf' });
    jobs.upload(file, { jobType: 'pdf-notes', title: 'A' }).subscribe((step) => steps.push(step));
    const request = await expectOne('POST', '/jobs');
    const form: FormData = request.request.body;
    expect([...form.keys()]).toEqual(['jobType', 'title', 'file']);
    request.event({ type: HttpEventType.UploadProgress, loaded: 1, total: 4 });
    request.flush(aJob(), EPOCH);
    expect(steps).toEqual([
      { kind: 'sending', fraction: 0.25 },
      { kind: 'created', job: aJob() },
    ]);
  });

  it('lists with a filter, of which undefined is no part, and reads history and result link', async () => {
    const { jobs, expectOne } = setUp();
    const page = jobs.list({ status: ['failed', 'queued'], type: undefined, text: 'a b', limit: 5 });
    (await expectOne('GET', '/jobs?status=failed&status=queued&text=a+b&limit=5')).flush({ jobs: [aJob()], nextPage: null }, EPOCH);
    expect((await page).jobs).toEqual([aJob()]);

    const entry = { version: 1, attempt: 1, at: '2026-03-01T10:00:00.000Z', status: 'queued', progress: null };
    const history = jobs.history('job-1');
    (await expectOne('GET', '/jobs/job-1/history')).flush({ history: [entry] });
    expect(await history).toEqual([entry]);

    const link = jobs.resultLink('job-1');
    (await expectOne('POST', '/jobs/job-1/result/ticket')).flush({ url: '/api/jobs/job-1/result?ticket=t', expiresAt: entry.at });
    expect(await link).toBe('https://jobs.example.com/api/jobs/job-1/result?ticket=t');
  });

  it('retries and removes', async () => {
    const { jobs, expectOne } = setUp();
    const retried = jobs.retry('job-1');
    (await expectOne('POST', '/jobs/job-1/retry')).flush(aJob({ attempt: 2 }), EPOCH);
    expect((await retried).attempt).toBe(2);
    const removed = jobs.remove('job-1');
    (await expectOne('DELETE', '/jobs/job-1')).flush(null, { status: 204, statusText: 'No Content' });
    await expect(removed).resolves.toBeUndefined();
  });

  it('rejects with the server’s refusal', async () => {
    const { jobs, expectOne } = setUp();
    const cancelled = jobs.cancel('job-1');
    const refusal = { code: 'status-conflict', message: 'It has ended.' };
    (await expectOne('POST', '/jobs/job-1/cancel')).flush({ error: refusal }, { status: 409, statusText: 'Conflict' });
    await expect(cancelled).rejects.toMatchObject(refusal);
  });

  it.each([
    ['unavailable', 0, null],
    ['unavailable', 502, '<html>Bad gateway</html>'],
    ['internal-error', 418, '<html>Not a gateway</html>'],
  ])('rejects as %s what is no answer of the gateway', async (code, status, body) => {
    const { jobs, expectOne } = setUp();
    const removed = jobs.remove('job-1');
    const request = await expectOne('DELETE', '/jobs/job-1');
    if (status === 0) request.error(new ProgressEvent('error'));
    else request.flush(body, { status, statusText: 'Bad' });
    await expect(removed).rejects.toMatchObject({ code });
  });

  it('rejects an answer that the contract does not know', async () => {
    const { jobs, expectOne } = setUp();
    const created = jobs.create({ jobType: 'simulate' });
    (await expectOne('POST', '/jobs')).flush({ id: 'job-1' });
    await expect(created).rejects.toMatchObject({ code: 'internal-error' });
  });

  it('[C7] asks for another token once when one is refused, and says why', async () => {
    const refusals: (string | null)[] = [];
    const { jobs, expectOne } = setUp((refusal) => {
      refusals.push(refusal?.code ?? null);
      return refusal ? 'token-2' : 'token-1';
    });
    const created = jobs.create({ jobType: 'simulate' });
    const expired = { error: { code: 'token-expired', message: 'Too late.' } };
    (await expectOne('POST', '/jobs')).flush(expired, { status: 401, statusText: 'Unauthorized' });
    const second = await expectOne('POST', '/jobs');
    expect(second.request.headers.get('Authorization')).toBe('Bearer token-2');
    second.flush(expired, { status: 401, statusText: 'Unauthorized' });
    await expect(created).rejects.toMatchObject({ code: 'token-expired' });
    expect(refusals.filter((code) => code !== null)).toEqual(['token-expired']);
  });

  it('[C9] refuses a request that is not answered', async () => {
    const { jobs, expectOne } = setUp(() => null);
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
    const created = jobs.create({ jobType: 'simulate' });
    const outcome = created.catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(5_000);
    jest.useRealTimers();
    expect(await outcome).toMatchObject({ code: 'timeout' });
    expect((await expectOne('POST', '/jobs')).cancelled).toBe(true);
  });

  it('sends no header when nobody is signed in', async () => {
    const { jobs, expectOne } = setUp(() => null);
    const removed = jobs.remove('job-1');
    const request = await expectOne('DELETE', '/jobs/job-1');
    expect(request.request.headers.has('Authorization')).toBe(false);
    request.flush(null);
    await removed;
  });
});
