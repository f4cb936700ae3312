import { TestBed } from '@angular/core/testing';
import { LongWait } from './long-wait';

describe('LongWait', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('[C6] says nothing at first, and after three seconds that it takes longer than usual', () => {
    const fixture = TestBed.createComponent(LongWait);
    const element: HTMLElement = fixture.nativeElement;
    jest.advanceTimersByTime(2_999);
    fixture.detectChanges();
    expect(element.textContent.trim()).toBe('');
    jest.advanceTimersByTime(1);
    fixture.detectChanges();
    expect(element.textContent).toContain('longer to answer than usual');
  });

  it('leaves no timer behind', () => {
    const fixture = TestBed.createComponent(LongWait);
    const before = jest.getTimerCount();
    fixture.destroy();
    expect(jest.getTimerCount()).toBe(before - 1);
  });
});
