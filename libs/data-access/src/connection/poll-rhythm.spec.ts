import { PollRhythm } from './poll-rhythm';

describe('PollRhythm', () => {
  it('[C7] polls every 2 s while jobs are active, and backs off to 15 s while none is', () => {
    const rhythm = new PollRhythm();
    const waits = [true, true, false, false, false, false, true].map((isActive) => rhythm.afterAnswer(isActive, false));
    expect(waits).toEqual([2_000, 2_000, 4_000, 8_000, 15_000, 15_000, 2_000]);
  });

  it('[C7] backs off while it fails, and does not come sooner than the server asked for', () => {
    const rhythm = new PollRhythm();
    expect([rhythm.afterFailure(0, false), rhythm.afterFailure(9_000, false), rhythm.failures]).toEqual([4_000, 9_000, 2]);
    rhythm.afterAnswer(true, false);
    expect([rhythm.failures, rhythm.afterFailure(0, false)]).toEqual([0, 4_000]);
  });

  it('[C7] takes four times as long in a hidden page', () => {
    const rhythm = new PollRhythm();
    expect([rhythm.afterAnswer(true, true), rhythm.afterFailure(0, true)]).toEqual([8_000, 16_000]);
  });
});
