import * as fc from 'fast-check';
import { JobWatches } from './job-watches';

describe('JobWatches', () => {
  it('[C5] counts views: the first begins, the last ends, each change is told once', () => {
    const watches = new JobWatches();
    let changes = 0;
    watches.changes.subscribe(() => changes++);
    const first = watches.watchJob('job-1');
    const second = watches.watchJob('job-1');
    expect([watches.jobIds, changes]).toEqual([['job-1'], 1]);
    first();
    first();
    expect([watches.jobIds, changes]).toEqual([['job-1'], 1]);
    second();
    expect([watches.jobIds, changes]).toEqual([[], 2]);
  });

  it('[C5] counts views of the list', () => {
    const watches = new JobWatches();
    let changes = 0;
    watches.changes.subscribe(() => changes++);
    const ends = [watches.watchUserList(), watches.watchUserList()];
    expect([watches.userList, changes]).toEqual([true, 1]);
    ends.forEach((end) => end());
    expect([watches.userList, changes]).toEqual([false, 2]);
  });

  it('[C5] watches exactly what has views, after any coming and going', () => {
    const step = fc.record({ id: fc.constantFrom('a', 'b', 'c'), leaves: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const watches = new JobWatches();
        const views: { id: string; end: () => void }[] = [];
        for (const { id, leaves } of steps) {
          if (leaves < views.length) views.splice(leaves, 1).forEach(({ end }) => end());
          else views.push({ id, end: watches.watchJob(id) });
        }
        expect([...watches.jobIds].sort()).toEqual([...new Set(views.map((view) => view.id))].sort());
      }),
    );
  });
});
