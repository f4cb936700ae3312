import { outcomeOfReturn, outcomeOfThrow } from './handler-outcome.js';
import { JobFailedError } from './job-failed-error.js';

const circular: { self?: unknown } = {};
circular.self = circular;
const nested = Array.from({ length: 200 }).reduce<unknown>((inner) => [inner], 1);

describe('what a handler returns', () => {
  it.each([[{ words: 7 }], [null], [undefined], ['text'], ['x'.repeat(65_534)]])('[R11] is the result', (value) => {
    expect(outcomeOfReturn(value)).toEqual({ kind: 'completed', result: value });
  });

  it.each([
    ['larger than 64 KB', 'x'.repeat(65_535), 'result-too-large'],
    ['circular', circular, 'result-invalid'],
    ['a bigint', 7n, 'result-invalid'],
    ['too deep', nested, 'result-invalid'],
  ])('[R11] fails the attempt when it is %s', (_, value, code) => {
    expect(outcomeOfReturn(value)).toMatchObject({ kind: 'failed', error: { code } });
  });
});

describe('what a handler throws', () => {
  it('[R11] speaks for itself when it is a JobFailedError', () => {
    expect(outcomeOfThrow(new JobFailedError('pdf-encrypted', 'It is locked.'))).toEqual({
      kind: 'failed',
      error: { code: 'pdf-encrypted', message: 'It is locked.' },
    });
    expect(outcomeOfThrow(new JobFailedError('long', 'x'.repeat(5000)))).toMatchObject({ error: { code: 'long' } });
  });

  it.each([[new Error('password=secret')], ['password=secret'], [undefined], [new JobFailedError('Not A Code', 'password=secret')]])(
    '[R11] tells nobody but the log when it is anything else: %p',
    (thrown) => {
      const outcome = outcomeOfThrow(thrown);
      expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'handler-failed' }, cause: thrown });
      expect(JSON.stringify({ ...outcome, cause: null })).not.toContain('secret');
    },
  );
});
