import { JobFrameBuffer } from './job-frame-buffer';
import { aFrame, aJob, aState, atPercent } from './job.fixture';
import { receivedJob } from './received-job';

const EMPTY = { epoch: 'epoch-1', jobs: [], removed: [] };

function adopted(): JobFrameBuffer {
  const buffer = new JobFrameBuffer();
  buffer.adopt('epoch-1');
  return buffer;
}

describe('JobFrameBuffer', () => {
  it('[C4] keeps of each job the newest state, and the newest body beside it', () => {
    const buffer = adopted();
    buffer.add({ ...EMPTY, jobs: [receivedJob(aJob({ version: 3, bodyVersion: 3, title: 'new' }))] });
    buffer.add({ ...EMPTY, jobs: [aState({ version: 5, bodyVersion: 3, progress: atPercent(50) })] });
    buffer.add({ ...EMPTY, jobs: [receivedJob(aJob({ version: 2, bodyVersion: 2, title: 'old' })), aState({ id: 'job-2', version: 1 })] });
    const frame = buffer.take();
    expect(frame?.jobs.map(({ state }) => [state.id, state.version])).toEqual([
      ['job-1', 5],
      ['job-2', 1],
    ]);
    expect(frame?.jobs[0]?.body).toMatchObject({ title: 'new', bodyVersion: 3 });
  });

  it('[C4] keeps the newest removal of each job', () => {
    const buffer = adopted();
    for (const version of [4, 6, 5]) buffer.add({ ...EMPTY, removed: [{ id: 'job-1', version }] });
    expect(buffer.take()?.removed).toEqual([{ id: 'job-1', version: 6 }]);
  });

  it('hands everything out once', () => {
    const buffer = adopted();
    buffer.add({ ...EMPTY, jobs: [aState()] });
    expect(buffer.take()).toEqual(aFrame([], { jobs: [aState()] }));
    expect(buffer.take()).toBeNull();
  });

  it('[C3] takes nothing of an epoch that no sync has adopted', () => {
    const buffer = new JobFrameBuffer();
    expect(buffer.add({ ...EMPTY, jobs: [aState()] })).toBe(false);
    expect(buffer.take()).toBeNull();
    buffer.adopt('epoch-1');
    expect(buffer.add({ ...EMPTY, jobs: [aState()] })).toBe(true);
    expect(buffer.add({ ...EMPTY, epoch: 'epoch-2', jobs: [aState({ version: 9 })] })).toBe(false);
    expect(buffer.take()?.jobs).toEqual([aState()]);
  });

  it('[C3] drops what it gathered of the old epoch when a sync adopts another', () => {
    const buffer = adopted();
    buffer.add({ ...EMPTY, jobs: [aState({ version: 9 })], removed: [{ id: 'job-2', version: 3 }] });
    buffer.adopt('epoch-2');
    expect([buffer.epoch, buffer.take()]).toEqual(['epoch-2', null]);
  });

  it('[S5] keeps what it gathered when a sync adopts the same epoch', () => {
    const buffer = adopted();
    buffer.add({ ...EMPTY, jobs: [aState({ version: 9 })] });
    buffer.adopt('epoch-1');
    expect(buffer.take()?.jobs).toEqual([aState({ version: 9 })]);
  });

  it('forgets everything, the epoch too', () => {
    const buffer = adopted();
    buffer.add({ ...EMPTY, jobs: [aState()] });
    buffer.clear();
    expect(buffer.epoch).toBeNull();
    expect(buffer.take()).toBeNull();
  });
});
