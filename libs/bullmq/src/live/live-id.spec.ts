import { JobIdSchema } from '@harmonia/contract';
import * as v from 'valibot';
import { LiveJobs } from './live-jobs.js';

describe('the id under which a job of BullMQ is watched [R8]', () => {
  const timestamp = Date.parse('2026-11-21T12:00:00Z');
  const idOf = (id: string, queueName = 'mails') => LiveJobs.idOf({ queueName, id, timestamp });

  it.each([
    ['are long', `${'x'.repeat(120)}-1`, `${'x'.repeat(120)}-2`],
    ['are in other letters', '東京', '大阪'],
  ])('is another one for each of the jobs added at once whose own ids %s', (_, one, other) => {
    expect(idOf(one)).not.toBe(idOf(other));
    for (const id of [one, other]) expect(v.is(JobIdSchema, idOf(id))).toBe(true);
    expect(idOf(one)).toBe(idOf(one));
  });

  it.each(['_mails', '.mails', 'почта', '#1'])('is one, though the queue is called %s', (queueName) => {
    expect(v.is(JobIdSchema, idOf('1', queueName))).toBe(true);
  });

  it('is readable where queue and job have names like ids', () => {
    expect(idOf('may-1')).toBe(`mails.${timestamp.toString(36)}.may-1`);
  });
});
