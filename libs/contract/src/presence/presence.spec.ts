import * as v from 'valibot';
import { JobViewersSchema, OnlineUsersSnapshotSchema, PresenceFrameSchema, UserPresenceSchema } from './presence.js';

const since = '2026-11-21T07:00:10.000Z';

describe('presence', () => {
  it('[P3] is read with and without names', () => {
    const viewers = {
      jobId: 'job-1',
      viewers: [
        { userId: 'ann', name: 'Ann', since },
        { userId: 'ben', since },
      ],
      count: 60,
    };
    expect(v.parse(JobViewersSchema, viewers)).toEqual(viewers);
    expect(v.is(OnlineUsersSnapshotSchema, { epoch: 'e', users: viewers.viewers, count: 2 })).toBe(true);
    expect(v.is(PresenceFrameSchema, { at: since, online: viewers.viewers, offline: ['cy'], count: 2 })).toBe(true);
    expect(v.is(UserPresenceSchema, { userId: 'ann', at: since })).toBe(true);
  });

  it.each([
    [JobViewersSchema, { jobId: '../x', viewers: [], count: 0 }],
    [JobViewersSchema, { jobId: 'job-1', viewers: [{ userId: '', since }], count: 1 }],
    [JobViewersSchema, { jobId: 'job-1', viewers: [], count: -1 }],
    [PresenceFrameSchema, { at: since, online: [], offline: [''], count: 0 }],
    [UserPresenceSchema, { userId: 'ann', at: 'now' }],
  ])('is dropped when it is not in order', (schema, sent) => {
    expect(v.is(schema, sent)).toBe(false);
  });
});
