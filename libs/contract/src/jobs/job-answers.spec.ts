import * as v from 'valibot';
import {
  JobHistoryEntrySchema,
  JobListSnapshotSchema,
  JobPageSchema,
  JobSnapshotSchema,
  JobsSyncAnswerSchema,
  ResultTicketSchema,
} from './job-answers.js';
import { jobOf } from './job.fixture.js';

const epoch = 'e1';
const removed = [{ id: 'gone', version: 3 }];
const changes = { cursor: 'c1', reset: false, more: true, jobs: [jobOf()], removed };

describe('answers', () => {
  it.each([
    ['[S2] one job', JobSnapshotSchema, { epoch, job: jobOf() }],
    ['[S2] a list', JobListSnapshotSchema, { epoch, jobs: [jobOf()], more: false }],
    ['[S5] a sync without lists', JobsSyncAnswerSchema, { epoch, jobs: [], removed }],
    ['[S5] a sync with lists', JobsSyncAnswerSchema, { epoch, jobs: [jobOf()], removed: [], user: changes, all: changes }],
    ['a page', JobPageSchema, { jobs: [jobOf()], nextPage: null }],
    ['[R9] history', JobHistoryEntrySchema, { version: 1, attempt: 1, at: jobOf().createdAt, status: 'queued', progress: null }],
    ['a ticket', ResultTicketSchema, { url: '/api/jobs/job-1/result?ticket=t', expiresAt: jobOf().createdAt }],
  ])('are read: %s', (_name, schema: v.GenericSchema, answer: object) => {
    expect(v.parse(schema, JSON.parse(JSON.stringify(answer)))).toEqual(answer);
    expect(v.is(schema, {})).toBe(false);
    expect(v.is(schema, null)).toBe(false);
  });

  const bytesOf = (text: string) => new TextEncoder().encode(text);

  it.each([
    ['a view of bytes', bytesOf(JSON.stringify([jobOf({ title: 'Käse 🧀' })]))],
    ['a buffer', bytesOf(JSON.stringify([jobOf({ title: 'Käse 🧀' })])).buffer],
  ])('[S5] bring long lists as bytes: %s', (_name, jobs) => {
    const read = { ...changes, jobs: [jobOf({ title: 'Käse 🧀' })] };
    expect(v.parse(JobListSnapshotSchema, { epoch, jobs, more: false }).jobs).toEqual(read.jobs);
    expect(v.parse(JobsSyncAnswerSchema, { epoch, jobs: [], removed: [], all: { ...changes, jobs } }).all).toEqual(read);
  });

  it.each(['[', '{}', '[1]', ''])('are refused when the bytes of a list are %j', (text) => {
    expect(v.is(JobListSnapshotSchema, { epoch, jobs: bytesOf(text), more: false })).toBe(false);
  });

  it('are refused when one job in them is wrong', () => {
    const wrong = { ...jobOf(), status: 'paused' };
    expect(v.is(JobListSnapshotSchema, { epoch, jobs: [jobOf(), wrong], more: false })).toBe(false);
    expect(v.is(JobsSyncAnswerSchema, { epoch, jobs: [], removed: [], user: { ...changes, jobs: [wrong] } })).toBe(false);
  });
});
