import { TestBed } from '@angular/core/testing';
import { PageWake } from './page-wake';
import { show } from './page.fixture';

describe('PageWake', () => {
  let told: string[];

  beforeEach(() => {
    jest.useFakeTimers();
    const wake = TestBed.configureTestingModule({ providers: [PageWake] }).inject(PageWake);
    told = [];
    const subscriptions = [wake.returns.subscribe(() => told.push('returns')), wake.wakes.subscribe(() => told.push('wakes'))];
    unsubscribe = () => subscriptions.forEach((one) => one.unsubscribe());
  });
  let unsubscribe: () => void;

  afterEach(() => {
    unsubscribe();
    show('visible');
    jest.useRealTimers();
  });

  it('[C7] returns whenever it is seen, and wakes when it was hidden for long [S5]', () => {
    show('hidden');
    jest.advanceTimersByTime(29_999);
    show('visible');
    expect(told).toEqual(['returns']);
    show('hidden');
    jest.advanceTimersByTime(30_000);
    expect(told).toEqual(['returns']);
    show('visible');
    expect(told).toEqual(['returns', 'returns', 'wakes']);
  });

  it('[C7] returns and wakes when the network is back, and when it comes out of the cache', () => {
    window.dispatchEvent(new Event('online'));
    expect(told).toEqual(['returns', 'wakes']);
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }));
    expect(told).toHaveLength(2);
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
    expect(told).toHaveLength(4);
  });

  it('[S5] wakes when the machine slept, which a visible page tells by the clock alone', () => {
    jest.advanceTimersByTime(60_000);
    jest.setSystemTime(Date.now() + 29_999);
    jest.advanceTimersByTime(15_000);
    expect(told).toEqual([]);
    jest.setSystemTime(Date.now() + 30_000);
    jest.advanceTimersByTime(15_000);
    expect(told).toEqual(['wakes']);
  });

  it('[S5] does not take the slow timers of a hidden page for sleep', () => {
    show('hidden');
    jest.setSystemTime(Date.now() + 60_000);
    jest.advanceTimersByTime(15_000);
    expect(told).toEqual([]);
  });

  it('[S5] counts from when it was asked, for a page that was hidden before', () => {
    unsubscribe();
    show('hidden');
    const late = TestBed.inject(PageWake).wakes.subscribe(() => told.push('late'));
    jest.advanceTimersByTime(30_000);
    show('visible');
    late.unsubscribe();
    expect(told).toEqual(['late']);
  });
});
