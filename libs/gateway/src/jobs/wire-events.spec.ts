import { JOB_EVENT_SCHEMAS, JOB_STATUSES, type Job } from '@harmonia/contract';
import type { PlainEventKind } from '@harmonia/job-engine';
import * as v from 'valibot';
import { isWatchRoom, jobRoom, roomsOf, userRoom } from './rooms.js';
import { stateEvents, wireEventsOf, type EventOfJob, type WireEvent } from './wire-events.js';

const at = '2026-01-01T00:00:00.000Z';
const job: Job = {
  id: 'a',
  userId: 'ann',
  jobType: 'simulate',
  status: 'processing',
  progress: { current: 1, total: 4, percentage: 25, message: '' },
  attempt: 1,
  version: 3,
  bodyVersion: 1,
  createdAt: at,
  updatedAt: at,
  title: 'A',
  tags: ['t'],
  input: { secret: 1 },
  result: null,
};
const { title, tags, input, result, ...state } = job;
const body = { title, tags, input, result };
const epoch = 'e1';
const failed: Job = { ...job, status: 'failed', result: { error: 'No text.', code: 'no-text' }, bodyVersion: 3 };

/** The rooms and the event, checked against the contract. */
function told(event: EventOfJob): WireEvent {
  const [wire, ...others] = wireEventsOf(event, epoch);
  expect(others).toEqual([]);
  return valid(wire);
}

function valid(wire: WireEvent | undefined): WireEvent {
  if (!wire) throw new Error('Nothing was told.');
  expect(v.parse(JOB_EVENT_SCHEMAS[wire.name], wire.payload)).toEqual(wire.payload);
  return wire;
}

describe('wire events', () => {
  it.each([
    ['created', 'job:created', { epoch, job }],
    ['progress', 'job:progress', { epoch, ...state }],
    ['completed', 'job:completed', { epoch, job }],
    ['cancelled', 'job:status', { epoch, ...state }],
    ['retried', 'job:status', { epoch, ...state }],
  ] as [PlainEventKind, string, object][])('[E1] %s is told as %s', (kind, name, payload) => {
    expect(told({ kind, job })).toEqual({ name, payload });
  });

  it('[E1] started is told as job:status, and the progress that came with it as job:progress', () => {
    const fresh = { ...job, progress: null };
    expect(wireEventsOf({ kind: 'started', job: fresh }, epoch).map((wire) => valid(wire).name)).toEqual(['job:status']);
    expect(wireEventsOf({ kind: 'started', job }, epoch).map(valid)).toEqual([
      { name: 'job:status', payload: { epoch, ...state } },
      { name: 'job:progress', payload: { epoch, ...state } },
    ]);
  });

  it('[E1] [R11] failed is told with sentence and code', () => {
    expect(told({ kind: 'failed', job: failed })).toMatchObject({
      name: 'job:failed',
      payload: { id: 'a', error: 'No text.', code: 'no-text' },
    });
  });

  it('[E1] failed is told even when its result says nothing', () => {
    expect(told({ kind: 'failed', job: { ...failed, result: null } })).toMatchObject({
      payload: { error: 'The job failed.', code: 'failed' },
    });
  });

  it('[E1] requeued is told with its reason', () => {
    expect(told({ kind: 'requeued', job, reason: 'interrupted' }).payload).toEqual({ epoch, ...state, reason: 'interrupted' });
  });

  it('[E1] removed is told with its version only', () => {
    const event: EventOfJob = { kind: 'removed', id: 'a', userId: 'ann', version: 4 };
    expect(told(event)).toEqual({ name: 'job:removed', payload: { epoch, id: 'a', version: 4 } });
    expect(roomsOf(event)).toEqual(['job:a', 'user:ann:jobs', 'admin:jobs']);
  });

  it('[E1] [R1] carries the body when this very change altered it', () => {
    const edited = { ...job, version: 4, bodyVersion: 4 };
    expect(told({ kind: 'edited', job: edited }).payload).toMatchObject(body);
    expect(told({ kind: 'edited', job: { ...edited, version: 5 } }).payload).not.toHaveProperty('title');
  });

  it('[E1] carries the body to a new owner, who has never seen it', () => {
    expect(told({ kind: 'edited', job, previousUserId: 'ben' }).payload).toMatchObject(body);
  });

  it.each(JOB_STATUSES)('[E3] tells the state of a %s job in events of the contract', (status) => {
    for (const { name, payload } of stateEvents({ ...failed, status }, epoch)) {
      expect(v.parse(JOB_EVENT_SCHEMAS[name], payload)).toMatchObject(payload);
    }
  });
});

describe('rooms', () => {
  it('[E2] are those of the guide', () => {
    expect(roomsOf({ kind: 'started', job })).toEqual(['job:a', 'user:ann:jobs', 'admin:jobs']);
  });

  it('[R8] keep users apart, whatever their ids hold', () => {
    expect(userRoom('a:jobs')).toBe('user:a%3Ajobs:jobs');
    expect(userRoom('a%3Ajobs')).not.toBe(userRoom('a:jobs'));
  });

  it('[S5] are told from those of the host', () => {
    expect([jobRoom('a'), userRoom('ü:b'), 'admin:jobs'].every(isWatchRoom)).toBe(true);
    expect(['chat', 'user:ann', 'user:a:b:jobs', 'admin', 'sid-1'].some(isWatchRoom)).toBe(false);
  });
});
