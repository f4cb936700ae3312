import { DiskFileStore, FILE_STORE, JOB_STORE, SqliteJobStore, type FileStore, type JobStore } from '@harmonia/job-engine';
import { RefusalError, type Job } from '@harmonia/contract';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { formOf, JobsApp, refusal, TOKENS, until, type Content, type Role } from './jobs-app.fixture.js';

const MAX = 256 * 1024;

describe('uploads', () => {
  let app: JobsApp;
  beforeEach(async () => {
    app = await JobsApp.start({ gateway: { maxUploadBytes: MAX } });
  });
  afterEach(() => app.stop());

  const upload = (fields: Record<string, string | readonly string[]>, name: string, content: Content, as: Role = 'ann', type?: string) =>
    app.call('POST', '/api/jobs', { as, form: formOf({ jobType: 'pdf-notes', ...fields }, { name, content, ...(type && { type }) }) });
  const stored = async (id: string) => {
    const file = await app.app.get<FileStore>(FILE_STORE).open(`uploads/${id}`);
    return file && buffer(file.stream);
  };
  const jobs = async () => (await app.call('GET', '/api/jobs?scope=all', { as: 'admin' })).body.jobs as Job[];

  it('keeps every byte and says what was uploaded', async () => {
    const content = randomBytes(MAX);
    const { status, headers, body } = await upload(
      { id: 'u', title: 'Notes', tags: 'a, b,,a' },
      'notes.txt',
      content,
      'ann',
      'text/markdown',
    );
    expect([status, headers.get('location')]).toEqual([201, '/api/jobs/u']);
    expect(body).toMatchObject({ userId: 'ann', jobType: 'pdf-notes', title: 'Notes', tags: ['a', 'b'], status: 'queued' });
    expect(body.input).toEqual({ file: { name: 'notes.txt', mediaType: 'text/markdown', bytes: MAX } });
    expect(content.equals((await stored('u')) ?? Buffer.of())).toBe(true);
  });

  it('takes repeated tags, and fields left empty as not sent', async () => {
    const { body } = await upload({ id: '', title: '', tags: ['one', 'two,three'] }, 'a', 'x');
    expect([body.title, body.tags]).toEqual([null, ['one', 'two', 'three']]);
  });

  it.each([
    ['Übersicht für Ärger 漢字.txt', 'Übersicht für Ärger 漢字.txt'],
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\windows\\system.ini', 'system.ini'],
    ['/absolute/path.txt', 'path.txt'],
    ['a\r\nb\u202Efdp.exe', 'a_b_fdp.exe'],
    ['"quoted".txt', '_quoted_.txt'],
    [`${'ä'.repeat(300)}.txt`, `${'ä'.repeat(98)}.txt`],
  ])('takes of the name %j no more than %j', async (name, expected) => {
    const { body } = await upload({ id: 'named' }, name, 'x');
    expect(body.input.file.name).toBe(expected);
    expect(Buffer.byteLength(body.input.file.name)).toBeLessThanOrEqual(255);
    expect(await app.files()).toEqual(['uploads/named']);
  });

  it('takes what looks like no media type as plain octets', async () => {
    const part = `Content-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: x/${'y'.repeat(65)}\r\n\r\ncontent`;
    const { body } = await app.call('POST', '/api/jobs', {
      raw: multipart('Content-Disposition: form-data; name="jobType"\r\n\r\npdf-notes', part),
    });
    expect(body.input.file).toEqual({ name: 'a', mediaType: 'application/octet-stream', bytes: 7 });
  });

  describe('refused', () => {
    afterEach(async () => {
      await until(async () => (await app.files()).length === 0); // some are still going when the answer is there
      expect(await jobs()).toEqual([]);
    });

    it.each([
      ['a PDF', 'a.pdf', 'no PDF'],
      ['a PDF, in capitals', 'A.PDF', '<script>alert(1)</script>'],
      ['a PDF that begins too late', 'a.pdf', `${' '.repeat(1100)}%PDF-1.7`],
      ['a picture', 'a.png', '%PDF-1.7'],
      ['a photograph', 'a.jpeg', Buffer.from('89504e470d0a1a0a', 'hex')],
    ])('what is not %s, whatever its name says', async (_, name, content) => {
      expect(refusal(await upload({}, name, content))).toBe('file-type-mismatch');
      await until(async () => (await app.files()).length === 0);
    });

    it('a file without a byte', async () => expect(refusal(await upload({}, 'a.txt', ''))).toBe('file-empty'));

    it('a file one byte too large', async () => {
      const answer = await upload({}, 'a.txt', randomBytes(MAX + 1));
      expect(refusal(answer)).toBe('file-too-large');
      expect(answer.body.error.message).toContain(MAX.toLocaleString('en'));
    });

    it('a file many times too large', async () => {
      expect(refusal(await upload({}, 'a.txt', randomBytes(8 * 1024 * 1024)))).toBe('file-too-large');
    });

    it('a form without a file', async () => {
      expect(refusal(await app.call('POST', '/api/jobs', { form: formOf({ jobType: 'pdf-notes' }) }))).toBe('file-missing');
      expect(refusal(await app.call('POST', '/api/jobs', { form: formOf({ jobType: 'pdf-notes', file: 'text' }) }))).toBe('file-missing');
    });

    it('a file without a name', async () => expect(refusal(await upload({}, '..', 'x'))).toBe('file-missing'));

    it('two files', async () => {
      const form = formOf({ jobType: 'pdf-notes' }, { name: 'a', content: 'a' });
      form.append('file', new Blob(['b']), 'b');
      expect(refusal(await app.call('POST', '/api/jobs', { form }))).toBe('payload-invalid');
    });

    it('a file under another name', async () => {
      const form = formOf({ jobType: 'pdf-notes' });
      form.append('document', new Blob(['b']), 'b');
      expect(refusal(await app.call('POST', '/api/jobs', { form }))).toBe('payload-invalid');
    });

    it.each<[string, Record<string, string | string[]>]>([
      ['a malformed id', { id: '../x' }],
      ['an id of Object.prototype', { id: 'constructor' }],
      ['a field too long', { title: 'a'.repeat(17 * 1024) }],
      ['a title too long', { title: 'a'.repeat(201) }],
      ['too many fields', { tags: Array.from({ length: 40 }, () => 'a') }],
      ['too many tags', { tags: 'a,b,c,d,e,f,g,h,i,j,k' }],
      ['two titles', { title: ['a', 'b'] }],
      ['tags that are none', { 'tags[a]': 'b' }],
    ])('%s', async (_, fields) => expect(refusal(await upload(fields, 'a.txt', 'x'))).toBe('payload-invalid'));

    it('an unknown job type', async () => expect(refusal(await upload({ jobType: 'none' }, 'a.txt', 'x'))).toBe('job-type-unknown'));

    it('a stranger, before anything is stored', async () => expect((await upload({}, 'a.txt', 'x', 'expired')).status).toBe(401));

    it('a form whose end is missing', async () => {
      const whole = multipart('Content-Disposition: form-data; name="file"; filename="a"\r\n\r\ncontent');
      const answer = await app.call('POST', '/api/jobs', { raw: { ...whole, body: whole.body.slice(0, -20) } });
      expect(refusal(answer)).toBe('file-cut-off');
    });

    it.each([
      ['without boundary', { type: 'multipart/form-data', body: 'x' }],
      ['of another kind', { type: 'multipart/mixed; boundary=x', body: '--x--' }],
      ['with a broken part', { type: 'multipart/form-data; boundary=x', body: '--x\r\nbroken\r\n\r\nx\r\n--x--\r\n' }],
    ])('a form %s', async (_, raw) => {
      expect(refusal(await app.call('POST', '/api/jobs', { raw }))).toBe('payload-invalid');
    });

    it('a file whose connection breaks in the middle', async () => {
      const { type, body } = multipart('Content-Disposition: form-data; name="file"; filename="a"\r\n\r\ncontent');
      const socket = connect(app.port, '127.0.0.1');
      socket.write(`POST /api/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKENS.ann}\r\nContent-Type: ${type}\r\n`);
      socket.write(`Content-Length: 100000\r\n\r\n${body.slice(0, -20)}${'x'.repeat(50_000)}`);
      await until(async () => (await app.files()).length > 0); // it is written while it still arrives
      socket.destroy();
      await until(async () => (await app.files()).length === 0);
    });
  });

  describe('[R12] repeated', () => {
    it('by its owner is the same job with the first file', async () => {
      const first = await upload({ id: 'r', title: 'First' }, 'first.txt', 'the first');
      const second = await upload({ id: 'r', title: 'Second' }, 'second.txt', 'the second');
      expect([second.status, second.body]).toEqual([201, first.body]);
      expect(String(await stored('r'))).toBe('the first');
      expect(await app.files()).toEqual(['uploads/r']);
    });

    it('by anyone else is a conflict and leaves the file alone', async () => {
      await upload({ id: 'r' }, 'first.txt', 'the first');
      expect(refusal(await upload({ id: 'r' }, 'second.txt', 'the second', 'ben'))).toBe('job-id-conflict');
      expect(String(await stored('r'))).toBe('the first');
      expect(await app.files()).toEqual(['uploads/r']);
    });

    it('by many at the same time is one job with its own file', async () => {
      for (let round = 0; round < 10; round += 1) {
        const id = `race-${round}`;
        const roles: Role[] = ['ann', 'ben', 'admin', 'reporter', 'ann', 'ben'];
        const answers = await Promise.all(roles.map((as, index) => upload({ id }, `${as}-${index}.txt`, `of ${as}-${index}`, as)));
        const accepted = answers.filter(({ status }) => status === 201);
        const job: Job<{ file: { name: string } }> = accepted[0]?.body;
        expect(answers.every((answer) => answer.status === 201 || refusal(answer) === 'job-id-conflict')).toBe(true);
        expect(accepted.every(({ body }) => body.userId === job.userId)).toBe(true);
        expect(String(await stored(id))).toBe(`of ${job.input?.file.name.replace('.txt', '')}`);
      }
      expect((await app.files()).every((file) => file.startsWith('uploads/'))).toBe(true);
    });

    it('after its removal is a new job for its owner and a conflict for others, whose file goes', async () => {
      await upload({ id: 'gone' }, 'first.txt', 'the first');
      await app.publisher.completed('gone');
      expect((await app.call('DELETE', '/api/jobs/gone')).status).toBe(204);
      expect(refusal(await upload({ id: 'gone' }, 'b.txt', 'of ben', 'ben'))).toBe('job-id-conflict');
      expect((await upload({ id: 'gone' }, 'second.txt', 'the second')).status).toBe(201);
      expect(String(await stored('gone'))).toBe('the second');
    });
  });
});

describe('an upload for a job whose removal goes on', () => {
  class SlowFiles extends DiskFileStore {
    release: () => void = () => undefined;
    private readonly released = new Promise<void>((resolve) => (this.release = resolve));
    override async remove(prefix: string): Promise<void> {
      await this.released;
      return super.remove(prefix);
    }
  }

  it('waits, so that its file is not taken for the old one', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'harmonia-slow-'));
    const files = new SlowFiles(directory);
    const app = await JobsApp.start({ jobs: { files } });
    const upload = (content: string) =>
      app.call('POST', '/api/jobs', { form: formOf({ jobType: 'simulate', id: 'again' }, { name: 'a', content }) });
    await upload('the first');
    await app.publisher.completed('again');
    await app.call('DELETE', '/api/jobs/again');
    const second = upload('the second');
    const manyRequestsLater = (async () => {
      for (let n = 0; n < 30; n += 1) await app.call('GET', '/api/jobs');
      return 'waiting';
    })();
    expect(await Promise.race([second, manyRequestsLater])).toBe('waiting');
    files.release();
    expect((await second).status).toBe(201);
    await app.stop(); // waits for removals
    const stored = await files.open('uploads/again');
    expect(stored && String(await buffer(stored.stream))).toBe('the second');
    await rm(directory, { recursive: true });
  });
});

describe('an upload when the store fails', () => {
  /** Refuses or loses its answer to what creates a job. */
  class FailingStore {
    static open(commits: boolean): JobStore {
      const store = SqliteJobStore.open({ directory: ':memory:' });
      const apply: JobStore['apply'] = async (changes) => {
        if (commits) await store.apply(changes);
        throw new RefusalError('unavailable');
      };
      return new Proxy(store, {
        get: (target, name) => {
          const value: unknown = name === 'apply' ? apply : Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    }
  }
  const attempt = async (commits: boolean) => {
    const app = await JobsApp.start({ jobs: { store: FailingStore.open(commits) } });
    const answer = await app.call('POST', '/api/jobs', { form: formOf({ jobType: 'simulate', id: 'f' }, { name: 'a', content: 'x' }) });
    const files = await app.files();
    const known = (await app.app.get<JobStore>(JOB_STORE).read(['f'])).records.size;
    await app.stop();
    return [refusal(answer), files, known];
  };

  it('leaves no file behind', async () => {
    expect(await attempt(false)).toEqual(['unavailable', [], 0]);
  });

  it('keeps the file when the job is there after all', async () => {
    expect(await attempt(true)).toEqual(['unavailable', ['uploads/f'], 1]);
  });
});

/** A form written by hand. */
function multipart(...parts: string[]) {
  return {
    type: 'multipart/form-data; boundary=boundary',
    body: [...parts.map((part) => `--boundary\r\n${part}\r\n`), '--boundary--\r\n'].join(''),
  };
}
