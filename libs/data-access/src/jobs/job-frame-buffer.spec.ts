import { JobFrameBuffer } from './job-frame-buffer';
import { aFrame, aJob, anOutcome, aState, atPercent } from './job.fixture';
import { receivedJob } from './received-job';

const EMPTY = { epoch: 'epoch-1', jobs: [], removed: [] };

function adopted(): JobFrameBuffer {
  const buffer = new JobFrameBuffer();
  buffer.adopt(EMPTY, anOutcome());
  buffer.take();
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
    buffer.adopt(EMPTY, anOutcome());
    expect(buffer.add({ ...EMPTY, jobs: [aState()] })).toBe(true);
    expect(buffer.add({ ...EMPTY, epoch: 'epoch-2', jobs: [aState({ version: 9 })] })).toBe(false);
    expect(buffer.take()?.jobs).toEqual([aState()]);
  });

  it('[C3] drops what it gathered of the old epoch when a sync adopts another', () => {
    const buffer = adopted();
    buffer.add({ ...EMPTY, jobs: [aState({ version: 9 })], removed: [{ id: 'job-2', version: 3 }] });
    const sync = anOutcome({ introduced: ['job-3'] });
    buffer.adopt({ epoch: 'epoch-2', jobs: [aState({ id: 'job-3' })], removed: [] }, sync);
    expect(buffer.epoch).toBe('epoch-2');
    const told = { ...sync, told: ['job-3'] };
    expect(buffer.take()).toEqual({ epoch: 'epoch-2', jobs: [aState({ id: 'job-3' })], removed: [], sync: told });
  });

  it('[S5] adds a sync of the same epoch to what came before it', () => {
    const buffer = adopted();
    buffer.add({ ...EMPTY, jobs: [aState({ version: 9 })] });
    buffer.adopt({ ...EMPTY, jobs: [aState({ version: 8 }), aState({ id: 'job-2' })] }, anOutcome({ keep: [] }));
    const frame = buffer.take();
    expect(frame?.jobs.map(({ state }) => state.version)).toEqual([9, 1]);
    expect(frame?.sync?.keep).toEqual([]);
  });

  it('[C2] says of which jobs the sync is the last word, and of which a removal came after it', () => {
    const buffer = adopted();
    buffer.add({ ...EMPTY, removed: [{ id: 'job-1', version: 5 }] });
    buffer.adopt({ ...EMPTY, jobs: [aState({ version: 5 }), aState({ id: 'job-2', version: 3 })] }, anOutcome());
    buffer.add({ ...EMPTY, removed: [{ id: 'job-2', version: 3 }] });
    expect(buffer.take()?.sync?.told).toEqual(['job-1']);
    buffer.add({ ...EMPTY, jobs: [aState()] });
    expect(buffer.take()?.sync).toBeNull();
  });

  it('forgets everything, the epoch too', () => {
    const buffer = adopted();
    buffer.add({ ...EMPTY, jobs: [aState()] });
    buffer.clear();
    expect(buffer.epoch).toBeNull();
    expect(buffer.take()).toBeNull();
  });
});
