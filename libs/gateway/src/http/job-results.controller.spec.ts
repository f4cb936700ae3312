import { FILE_STORE, JobAccessPolicy, OwnerOrAdminPolicy, type FileStore, type JobOperation, type JobSession } from '@harmonia/job-engine';
import type { Job, JobFileResult, RefusalCode } from '@harmonia/contract';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { JobsApp, refusal, TOKENS } from './jobs-app.fixture.js';

describe('results over HTTP', () => {
  let app: JobsApp;
  afterEach(() => app.stop());

  const start = async (options?: Parameters<typeof JobsApp.start>[0]) => (app = await JobsApp.start(options));
  const created = (id: string) => app.call('POST', '/api/jobs', { json: { jobType: 'simulate', id } });
  const completed = async (id: string, result: unknown) => {
    await created(id);
    await app.publisher.completed(id, result);
  };
  const completedWithFile = async (id: string, content: Buffer, file: Partial<JobFileResult> = {}) => {
    const result = {
      outputPath: `results/${id}/1/notes.md`,
      fileName: 'notes.md',
      mediaType: 'text/markdown',
      bytes: content.length,
      ...file,
    };
    const staged = await app.app.get<FileStore>(FILE_STORE).stage(Readable.from([content]));
    await staged.keep(result.outputPath);
    await completed(id, result);
  };
  const download = (path: string, token?: string) =>
    fetch(app.url + path, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
  const ticketFor = async (id: string) =>
    (await app.call('POST', `/api/jobs/${id}/result/ticket`)).body as { url: string; expiresAt: string };

  describe('a download', () => {
    beforeEach(() => start());

    it('brings a file back byte for byte, as an attachment that nobody sniffs', async () => {
      const content = randomBytes(3_000_000);
      await completedWithFile('f', content);
      const answer = await download('/api/jobs/f/result', TOKENS.ann);
      expect(answer.status).toBe(200);
      expect(content.equals(Buffer.from(await answer.arrayBuffer()))).toBe(true);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-disposition': 'attachment; filename=notes.md',
        'content-type': 'text/markdown',
        'content-length': '3000000',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'harmonia-epoch': expect.stringMatching(/./),
        'access-control-expose-headers': expect.stringContaining('Content-Disposition'),
      });
    });

    it('names the file as RFC 6266 asks', async () => {
      await completedWithFile('f', Buffer.from('x'), { fileName: 'Übersicht "Mai"\r\nX: y/../漢.md' });
      const answer = await download('/api/jobs/f/result', TOKENS.ann);
      const name = 'Übersicht _Mai_X_ y_.._漢.md';
      expect(answer.headers.get('content-disposition')).toContain(`filename*=UTF-8''${encodeURIComponent(name)}`);
      expect(answer.headers.has('x')).toBe(false);
    });

    it('says what it would bring when asked with HEAD', async () => {
      await completedWithFile('f', Buffer.from('12345'));
      const { status, headers, text } = await app.call('HEAD', '/api/jobs/f/result');
      expect([status, headers.get('content-length'), text]).toEqual([200, '5', '']);
    });

    it('takes what looks like no media type as plain octets', async () => {
      await completedWithFile('f', Buffer.from('x'), { mediaType: 'text/html\r\nSet-Cookie: a=b' });
      const { headers } = await app.call('GET', '/api/jobs/f/result');
      expect([headers.get('content-type'), headers.get('set-cookie')]).toEqual(['application/octet-stream', null]);
    });

    it.each([[{ n: 1 }], [[1, 'two']], ['text'], [0], [false]])('brings the inline result %j as a JSON file', async (result) => {
      await completed('inline', result);
      const { status, headers, body } = await app.call('GET', '/api/jobs/inline/result');
      expect(status).toBe(200);
      expect(body).toEqual(result);
      expect(headers.get('content-disposition')).toBe('attachment; filename=inline.json');
      expect(headers.get('content-type')).toBe('application/json');
    });

    it.each<[string, (id: string) => Promise<unknown>]>([
      ['queued', async () => undefined],
      ['running', (id) => app.publisher.progress(id, 50)],
      ['failed', (id) => app.publisher.failed(id, 'It broke.')],
      ['cancelled', (id) => app.publisher.cancelled(id)],
      ['completed without a result', (id) => app.publisher.completed(id)],
    ])('and its ticket are refused of a job that is %s', async (_, happens) => {
      await created('none');
      await happens('none');
      expect(refusal(await app.call('GET', '/api/jobs/none/result'))).toBe('result-missing');
      expect(refusal(await app.call('POST', '/api/jobs/none/result/ticket'))).toBe('result-missing');
    });

    it('is refused when the file is gone', async () => {
      await completedWithFile('f', Buffer.from('x'));
      await app.app.get<FileStore>(FILE_STORE).remove('results/f');
      expect(refusal(await app.call('GET', '/api/jobs/f/result'))).toBe('result-missing');
    });

    it.each(['results/other/1/notes.md', 'uploads/other', 'results/f/2/notes.md', 'results/f/1/../../other/1/notes.md', '/etc/passwd'])(
      'never brings the file %s that a worker elsewhere names as its own',
      async (outputPath) => {
        await completedWithFile('other', Buffer.from('a secret'));
        const result = { outputPath, fileName: 'x', mediaType: 'text/plain', bytes: 1 };
        await completed('f', result);
        const { text, body } = await app.call('GET', '/api/jobs/f/result');
        expect(text).not.toContain('a secret');
        expect(body).toEqual(result);
      },
    );
  });

  describe('a ticket', () => {
    beforeEach(async () => {
      await start();
      await completedWithFile('t', Buffer.from('content'));
    });

    it('lets a plain link download once, for 60 s', async () => {
      const asked = Date.now();
      const { url, expiresAt } = await ticketFor('t');
      expect(url).toMatch(/^\/api\/jobs\/t\/result\?ticket=[\w-]{43}$/);
      expect(Math.abs(Date.parse(expiresAt) - asked - 60_000)).toBeLessThan(5000);
      const answer = await download(url);
      expect([answer.status, await answer.text()]).toEqual([200, 'content']);
      expect(refusal(await app.call('GET', url, { as: null }))).toBe('ticket-invalid');
    });

    it('serves one of many that come at once', async () => {
      const { url } = await ticketFor('t');
      const answers = await Promise.all(Array.from({ length: 10 }, () => download(url)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 403)]);
    });

    it('serves no other job', async () => {
      await completedWithFile('other', Buffer.from('of another'));
      const { url } = await ticketFor('t');
      expect(refusal(await app.call('GET', url.replace('/t/', '/other/'), { as: null }))).toBe('ticket-invalid');
    });

    it.each<[string, string, RefusalCode]>([
      ['GET', '/api/jobs/t/result?ticket=', 'ticket-invalid'],
      ['GET', '/api/jobs/t/result?ticket=guessed', 'ticket-invalid'],
      ['GET', '/api/jobs/t/result?ticket=a&ticket=b', 'payload-invalid'],
      ['GET', '/api/jobs/nothing/result?ticket=guessed', 'ticket-invalid'],
      ['GET', '/api/jobs/t?ticket=guessed', 'token-missing'],
      ['POST', '/api/jobs/t/cancel?ticket=guessed', 'token-missing'],
      ['POST', '/api/jobs/t/result/ticket?ticket=guessed', 'token-missing'],
    ])('opens no other door: %s %s', async (method, path, code) => {
      expect(refusal(await app.call(method, path, { as: null }))).toBe(code);
    });

    it('works no more once its job has a new owner, or is gone', async () => {
      const [first, second] = [await ticketFor('t'), await ticketFor('t')];
      await app.publisher.edited('t', { userId: 'ben' });
      expect(refusal(await app.call('GET', first.url, { as: null }))).toBe('job-not-found');
      await app.publisher.edited('t', { userId: 'ann' });
      await app.publisher.removed('t');
      expect(refusal(await app.call('GET', second.url, { as: null }))).toBe('job-not-found');
    });

    it('serves the attempt it was asked for and no later one', async () => {
      const { url } = await ticketFor('t');
      await app.publisher.removed('t');
      await created('t');
      await app.publisher.report({ kind: 'reported', id: 't', attempt: 2, status: 'completed', result: 'another' });
      expect(refusal(await app.call('GET', url, { as: null }))).toBe('ticket-invalid');
    });
  });

  it('[S7] a policy of the host is asked for a ticket as for a token', async () => {
    let isOpen = true;
    class Closing extends JobAccessPolicy {
      allows(session: JobSession, operation: JobOperation, job: Job) {
        return isOpen && new OwnerOrAdminPolicy().allows(session, operation, job);
      }
    }
    await start({ jobs: { policy: new Closing() } });
    await completed('p', { n: 1 });
    const { url } = await ticketFor('p');
    isOpen = false;
    expect(refusal(await app.call('GET', url, { as: null }))).toBe('job-not-found');
    expect((await app.call('GET', '/api/jobs')).body).toEqual({ jobs: [], nextPage: null });
  });

  describe('a disk that fails', () => {
    const failing = (chunks: string[]): FileStore => ({
      stage: () => Promise.reject(new Error('unused')),
      open: async () => ({ bytes: 100, stream: Readable.from(breaking(chunks)) }),
      remove: async () => undefined,
      keys: () => Readable.from([]),
      sweepStaged: async () => undefined,
    });
    async function* breaking(chunks: string[]) {
      yield* chunks;
      throw new Error('The disk broke at /somewhere/secret.');
    }
    const result = { outputPath: 'results/d/1/a', fileName: 'a', mediaType: 'text/plain', bytes: 100 };

    it('before the first byte is an internal error', async () => {
      await start({ jobs: { files: failing([]) } });
      await completed('d', result);
      const answer = await app.call('GET', '/api/jobs/d/result');
      expect(refusal(answer)).toBe('internal-error');
      expect(answer.text).not.toContain('secret');
      expect(answer.headers.get('content-disposition')).toBeNull();
    });

    it('later cuts the download off, so that nobody takes it for whole', async () => {
      await start({ jobs: { files: failing(['some bytes']) } });
      await completed('d', result);
      await expect(download('/api/jobs/d/result', TOKENS.ann).then((answer) => answer.text())).rejects.toThrow();
    });
  });
});
