import { framedLine, RefusalError } from '@harmonia/contract';
import { frameOf, newsOf } from './job-news';
import { aJob, atPercent } from './job.fixture';
import { receivedJob } from './received-job';

const job = aJob({ version: 4, bodyVersion: 2, status: 'processing', progress: atPercent(30) });
const { state } = receivedJob(job);
const { title, tags, input } = job;
const epoch = 'epoch-1';

describe('newsOf', () => {
  it('[E1] reads a whole job', () => {
    expect(newsOf('job:created', { epoch, job: aJob() })).toEqual({
      epoch,
      jobs: [expect.objectContaining({ body: expect.objectContaining({ title: 'A job', bodyVersion: 1 }) })],
      removed: [],
    });
  });

  it('[E1] reads a light state without a body', () => {
    expect(newsOf('job:progress', { epoch, ...state })).toEqual({ epoch, jobs: [{ state, body: null }], removed: [] });
  });

  it('[E1] reads the body that travels with the change that altered it', () => {
    const failure = { error: 'It broke.', code: 'broken' };
    const failed = { epoch, ...state, status: 'failed', bodyVersion: 4, title, tags, input, result: failure, ...failure };
    const news = newsOf('job:failed', failed);
    expect(news.jobs[0]?.body).toEqual({ title, tags, input, result: failure, bodyVersion: 4 });
    expect(news.jobs[0]?.state).toEqual({ ...state, status: 'failed', bodyVersion: 4 });
  });

  it('[E1] reads a removal', () => {
    expect(newsOf('job:removed', { epoch, id: 'job-1', version: 7 })).toEqual({ epoch, jobs: [], removed: [{ id: 'job-1', version: 7 }] });
  });

  it.each([[null], ['text'], [{ epoch, id: 'constructor', version: 1 }], [{ epoch, ...state, status: 'sleeping' }]])(
    'refuses %j',
    (payload) => {
      expect(() => newsOf('job:status', payload)).toThrow(RefusalError);
    },
  );
});

describe('frameOf', () => {
  const at = Date.parse(job.updatedAt);

  it('[E4] reads a line for each job', () => {
    const { id, version, status, attempt, bodyVersion, updatedAt, progress } = state;
    const line = framedLine(state, at);
    const framed = { id, version, status, attempt, bodyVersion, updatedAt, progress };
    expect(frameOf({ epoch, at, jobs: `${line}\n${line}` })).toEqual({ epoch, jobs: [framed, framed] });
  });

  it.each([[null], [{ epoch, at }], [{ epoch, at, jobs: 7 }], [{ epoch, at, jobs: '' }], [{ epoch, at: 'now', jobs: 'job-1 1 q 1 1 0' }]])(
    'refuses %j',
    (payload) => expect(() => frameOf(payload)).toThrow(RefusalError),
  );

  it('refuses the whole when one line is not in order', () => {
    expect(() => frameOf({ epoch, at, jobs: `${framedLine(state, at)}\njob-1` })).toThrow(RefusalError);
  });
});
