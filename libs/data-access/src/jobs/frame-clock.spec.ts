import { TestBed } from '@angular/core/testing';
import { FrameClock } from './frame-clock';

function show(visibilityState: DocumentVisibilityState): void {
  Object.defineProperty(document, 'visibilityState', { configurable: true, value: visibilityState });
  document.dispatchEvent(new Event('visibilitychange'));
}

describe('FrameClock', () => {
  let clock: FrameClock;
  let runs: string[];
  const run = (name: string) => clock.schedule(() => runs.push(name));

  beforeEach(() => {
    jest.useFakeTimers();
    clock = TestBed.configureTestingModule({ providers: [FrameClock] }).inject(FrameClock);
    runs = [];
  });

  afterEach(() => {
    show('visible');
    jest.useRealTimers();
  });

  it('[C4] runs once at the next animation frame', () => {
    run('first');
    run('second');
    expect(runs).toEqual([]);
    jest.advanceTimersToNextFrame();
    expect(runs).toEqual(['first']);
    jest.advanceTimersToNextFrame();
    expect(runs).toEqual(['first']);
  });

  it('[C4] runs at once in a hidden page, then at most every 250 ms', () => {
    show('hidden');
    run('first');
    expect(runs).toEqual(['first']);
    run('second');
    jest.advanceTimersByTime(249);
    expect(runs).toEqual(['first']);
    jest.advanceTimersByTime(1);
    expect(runs).toEqual(['first', 'second']);
    jest.advanceTimersByTime(250);
    run('third');
    expect(runs).toEqual(['first', 'second', 'third']);
  });

  it('[C4] does not leave a task behind when the page is hidden before its frame, or shown before its timer', () => {
    run('frame');
    show('hidden');
    expect(runs).toEqual(['frame']);
    run('timer');
    show('visible');
    jest.advanceTimersToNextFrame();
    expect(runs).toEqual(['frame', 'timer']);
  });

  it('forgets a cancelled task, and everything when it is destroyed', () => {
    run('cancelled');
    clock.cancel();
    run('kept');
    jest.advanceTimersToNextFrame();
    run('late');
    TestBed.resetTestingModule();
    jest.advanceTimersToNextFrame();
    expect(runs).toEqual(['kept']);
  });
});
