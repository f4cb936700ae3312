import { TestBed } from '@angular/core/testing';
import { ConnectionStrip } from './connection-strip';

describe('ConnectionStrip', () => {
  it('[C6] says why what is shown may be old, and counts down for the eye alone', async () => {
    const fixture = TestBed.createComponent(ConnectionStrip);
    fixture.componentRef.setInput('phase', 'lost');
    fixture.componentRef.setInput('reason', 'It is so.');
    await fixture.whenStable();
    const element: HTMLElement = fixture.nativeElement;
    expect(element.querySelector('.text')?.textContent?.trim()).toBe('It is so. What you see may be out of date.');
    fixture.componentRef.setInput('retryIn', 8);
    await fixture.whenStable();
    expect(element.querySelector('[aria-hidden].countdown')?.textContent).toBe('Next try in 8 s.');
    fixture.componentRef.setInput('phase', 'refused');
    await fixture.whenStable();
    expect(element.className).toBe('refused');
  });
});
