import { EMPTY, lastValueFrom, map, of, Subject, throwError, toArray } from 'rxjs';
import { untilDone } from './until-done';

/** How many calls deep this is. */
function depth(): number {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = Infinity;
  const calls = new Error().stack?.split('\n').length ?? 0;
  Error.stackTraceLimit = limit;
  return calls;
}

function fail(): never {
  throw new Error('It failed.');
}

describe('untilDone', () => {
  it('tells what comes of each failure and of the last try, and completes with that', async () => {
    let tries = 0;
    const tried = () => (++tries < 3 ? throwError(() => new Error(`No ${tries}.`)) : of('done'));
    const failed = (error: unknown) => of(String(error));
    expect(await lastValueFrom(untilDone(tried, failed).pipe(toArray()))).toEqual(['Error: No 1.', 'Error: No 2.', 'done']);
  });

  it('fails with what the answer to a failure throws', async () => {
    const failed = (error: unknown) => throwError(() => new Error(`For good: ${String(error)}`));
    await expect(lastValueFrom(untilDone(() => throwError(() => 'no'), failed))).rejects.toThrow('For good: no');
  });

  it('[C7] lies no deeper after many tries than after the first', () => {
    const calls = new Subject<'tell' | 'fail'>();
    const tried = () => calls.pipe(map((call) => (call === 'tell' ? depth() : fail())));
    const depths: number[] = [];
    const trying = untilDone(tried, () => EMPTY).subscribe((told) => depths.push(told));
    for (let round = 0; round < 50; round++) {
      calls.next('tell');
      calls.next('fail');
    }
    trying.unsubscribe();
    expect(depths).toHaveLength(50);
    expect(new Set(depths).size).toBe(1);
  });
});
