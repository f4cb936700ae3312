import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RunningGateway, type JobWatcher, type Person } from '../testing/running-gateway.suite.js';
import { lastSentence, samplePdf } from '../testing/sample-pdf.suite.js';

/** Two of these keep the runner busy for two minutes. */
const LONG = { steps: 2, delayMs: 60_000 };

describe('the job types', () => {
  let gateway: RunningGateway;
  let ada: Person;
  let jobs: JobWatcher;

  beforeAll(async () => {
    gateway = await RunningGateway.start();
    ada = await gateway.signIn('ada');
    jobs = await ada.watch();
  });
  afterAll(async () => {
    jobs.close();
    await gateway.stop();
  });

  async function resultOf(id: string): Promise<unknown> {
    await jobs.untilEnded(id);
    return (await ada.job(id)).result;
  }

  const text = async (id: string): Promise<Response> => ada.fetch(`/api/jobs/${id}/result`);

  describe('pdf-notes', () => {
    it('turns a PDF into Markdown, telling of every page', async () => {
      const { id } = await ada.upload('pdf-notes', 'Lighthouse log.pdf', samplePdf(40));
      expect(await resultOf(id)).toMatchObject({ fileName: 'Lighthouse log.md', mediaType: 'text/markdown; charset=utf-8' });
      expect((await ada.job(id)).progress).toEqual({ current: 40, total: 40, percentage: 100, message: 'Page 40 of 40' });
      const download = await text(id);
      expect(download.headers.get('content-disposition')).toContain('Lighthouse log.md');
      const notes = await download.text();
      expect(notes).toMatch(/^# Lighthouse log\.pdf\n\n## Page 1\n\nPage 1 of 40\n\nNote 1\.1: /);
      expect(notes.match(/^## Page /gm)).toHaveLength(40);
      expect(notes).toContain(lastSentence(40));
    });

    it('reports rising progress while it works', async () => {
      const { id } = await ada.upload('pdf-notes', 'long.pdf', samplePdf(400));
      expect(await jobs.untilEnded(id)).toBe('completed');
      const percentages = jobs.percentages(id);
      expect(percentages).toEqual(percentages.toSorted((a, b) => a - b));
      expect(percentages.length).toBeGreaterThanOrEqual(5);
    });

    it.each([
      ['pdf-encrypted', 'password', samplePdf(3, 'encrypted')],
      ['pdf-no-text', 'OCR', samplePdf(3, 'no-text')],
      ['pdf-broken', 'cut off', samplePdf(20, 'cut-off')],
      ['pdf-broken', 'print it', Buffer.from('This is a letter, not a PDF.')],
      ['pdf-too-heavy', 'Split', samplePdf(1, 'crowded')],
    ])('ends %s with a sentence that says what to do', async (code, cure, pdf) => {
      const { id } = await ada.upload('pdf-notes', 'bad', pdf);
      expect(await resultOf(id)).toEqual({ code, error: expect.stringContaining(cure) });
      expect((await text(id)).status).toBe(404);
    });

    it('needs a file', async () => {
      const { id } = await ada.create('pdf-notes', { file: { name: 'not-there.pdf' } });
      expect(await resultOf(id)).toMatchObject({ code: 'file-missing' });
      const other = await ada.create('pdf-notes');
      expect(await resultOf(other.id)).toMatchObject({ code: 'file-missing', error: expect.stringContaining('upload') });
    });

    it('stops in the middle when it is cancelled, and leaves no file behind', async () => {
      const { id } = await ada.upload('pdf-notes', 'long.pdf', samplePdf(1500));
      await jobs.until(id, ({ progress }) => (progress?.percentage ?? 0) > 2);
      await ada.fetch(`/api/jobs/${id}/cancel`, { method: 'POST' });
      expect(await jobs.untilEnded(id)).toBe('cancelled');
      const { id: next } = await ada.upload('pdf-notes', 'short.pdf', samplePdf(1));
      expect(await jobs.untilEnded(next)).toBe('completed');
      expect((await ada.job(id)).progress?.percentage).toBeLessThan(100);
      expect(await readdir(join(gateway.dataDir, 'files', 'results'))).not.toContain(id);
    });
  });

  describe('file-digest', () => {
    it('digests any file', async () => {
      const file = Buffer.concat([Buffer.from('One two\nthree\n'), Buffer.alloc(300_000, 'word '), Buffer.from('end')]);
      const { id } = await ada.upload('file-digest', 'words.txt', file);
      const sha256 = createHash('sha256').update(file).digest('hex');
      expect(await resultOf(id)).toEqual({ sha256, bytes: file.length, lines: 3, words: 60_004 });
      expect((await ada.job(id)).progress).toMatchObject({ current: file.length, total: file.length, percentage: 100 });
    });

    it('stops in the middle when it is cancelled', async () => {
      const { id } = await ada.upload('file-digest', 'random.bin', randomBytes(48 * 1024 * 1024));
      await jobs.until(id, ({ progress }) => progress !== null);
      await ada.fetch(`/api/jobs/${id}/cancel`, { method: 'POST' });
      expect(await jobs.untilEnded(id)).toBe('cancelled');
      expect((await ada.job(id)).result).toBeNull();
    });

    it('needs a file', async () => {
      const { id } = await ada.create('file-digest');
      expect(await resultOf(id)).toMatchObject({ code: 'file-missing' });
    });
  });

  describe('simulate', () => {
    it('counts its steps', async () => {
      const { id } = await ada.create('simulate', { steps: 5, delayMs: 20 });
      expect(await resultOf(id)).toEqual({ steps: 5 });
      expect((await ada.job(id)).progress).toEqual({ current: 5, total: 5, percentage: 100, message: 'Step 5 of 5' });
    });

    it('fails where it is asked to', async () => {
      const { id } = await ada.create('simulate', { steps: 5, delayMs: 0, failAtStep: 3 });
      expect(await resultOf(id)).toEqual({ code: 'simulated-failure', error: 'Step 3 of 5 failed, as was asked for.' });
      expect((await ada.job(id)).progress).toMatchObject({ current: 2 });
    });

    it.each([
      ['steps', null],
      ['steps', { steps: 0, delayMs: 0 }],
      ['steps', { steps: 10_001, delayMs: 0 }],
      ['steps', { steps: 1.5, delayMs: 0 }],
      ['delayMs', { steps: 1 }],
      ['delayMs', { steps: 1, delayMs: 60_001 }],
      ['delayMs', { steps: 1, delayMs: '5' }],
      ['failAtStep', { steps: 1, delayMs: 0, failAtStep: 0 }],
      ['failAtStep', { steps: 1, delayMs: 0, failAtStep: 2 }],
    ])('ends input-invalid with the field %s: %j', async (field, input) => {
      const { id } = await ada.create('simulate', input);
      expect(await resultOf(id)).toEqual({ code: 'input-invalid', error: expect.stringContaining(`${field}: `) });
    });

    it('makes room at once when it is cancelled during a long pause', async () => {
      const pausing = [await ada.create('simulate', LONG), await ada.create('simulate', LONG)];
      for (const { id } of pausing) await jobs.until(id, ({ status }) => status === 'processing');
      const { id: next } = await ada.create('simulate', { steps: 1, delayMs: 0 });
      for (const { id } of pausing) await ada.fetch(`/api/jobs/${id}/cancel`, { method: 'POST' });
      for (const { id } of pausing) expect(await jobs.untilEnded(id)).toBe('cancelled');
      expect(await jobs.untilEnded(next)).toBe('completed');
    });
  });

  it('refuses a job type that nobody knows, naming those that there are', async () => {
    const answer = await ada.fetch('/api/jobs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"jobType":"brew"}',
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      error: { code: 'job-type-unknown', message: expect.stringMatching(/pdf-notes.*file-digest.*simulate.*external/) },
    });
  });
});
