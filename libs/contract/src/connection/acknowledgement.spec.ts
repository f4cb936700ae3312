import * as v from 'valibot';
import { acknowledgementSchema } from './acknowledgement.js';
import { RefusalError } from './refusal.js';

const Answer = acknowledgementSchema(v.object({ epoch: v.string() }));

describe('acknowledgementSchema', () => {
  it('reads an answer', () => {
    expect(v.parse(Answer, { ok: true, data: { epoch: 'e1' } })).toEqual({ ok: true, data: { epoch: 'e1' } });
  });

  it('reads a refusal', () => {
    const error = new RefusalError('job-not-found').toRefusal();
    expect(v.parse(Answer, { ok: false, error })).toEqual({ ok: false, error });
  });

  it.each([
    null,
    undefined,
    'ok',
    {},
    { ok: true },
    { ok: true, data: {} },
    { ok: false },
    { ok: false, data: { epoch: 'e1' } },
    { ok: 1 },
  ])('refuses %j', (answer) => expect(v.is(Answer, answer)).toBe(false));
});
