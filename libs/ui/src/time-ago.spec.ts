import { TestBed } from '@angular/core/testing';
import { TimeAgo } from './time-ago';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');

describe('TimeAgo', () => {
  beforeEach(() => jest.useFakeTimers({ now: NOW }));
  afterEach(() => jest.useRealTimers());

  function shown(msAgo: number) {
    const fixture = TestBed.createComponent(TimeAgo);
    fixture.componentRef.setInput('time', new Date(NOW - msAgo).toISOString());
    fixture.detectChanges();
    const element: HTMLElement = fixture.nativeElement;
    return { fixture, element };
  }

  it.each([
    [-5_000, 'just now'],
    [59_000, 'just now'],
    [60_000, '1 minute ago'],
    [2 * 3_600_000, '2 hours ago'],
    [25 * 3_600_000, 'yesterday'],
    [72 * 3_600_000, '3 days ago'],
  ])('says how long ago %d ms are', (ms, words) => {
    const { element } = shown(ms);
    expect(element.textContent).toBe(words);
    expect(element.querySelector('time')?.getAttribute('datetime')).toBe(new Date(NOW - ms).toISOString());
  });

  it('goes on by itself', () => {
    const { fixture, element } = shown(55_000);
    jest.advanceTimersByTime(10_000);
    fixture.detectChanges();
    expect(element.textContent).toBe('1 minute ago');
  });
});
