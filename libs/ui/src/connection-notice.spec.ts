import { TestBed } from '@angular/core/testing';
import { ConnectionNotice } from './connection-notice';

describe('ConnectionNotice', () => {
  it.each([
    ['lost', 'No connection to the server', 'This page keeps trying', 'Try now'],
    ['refused', 'The server refused the connection', 'This page does not try again by itself', 'Try again'],
  ])('says why when %s, and lets try again', async (phase, heading, outlook, action) => {
    const fixture = TestBed.createComponent(ConnectionNotice);
    fixture.componentRef.setInput('phase', phase);
    fixture.componentRef.setInput('reason', 'It is so.');
    let retries = 0;
    fixture.componentInstance.retry.subscribe(() => retries++);
    await fixture.whenStable();
    const element: HTMLElement = fixture.nativeElement;
    expect(element.getAttribute('role')).toBe('alert');
    expect(element.querySelector('h2')?.textContent).toBe(heading);
    expect(element.textContent).toContain('It is so.');
    expect(element.textContent).toContain(outlook);
    const button = element.querySelector('button');
    expect(button?.textContent).toContain(action);
    button?.click();
    expect(retries).toBe(1);
  });

  it('[C6] counts down to the next try, for the eye alone', async () => {
    const fixture = TestBed.createComponent(ConnectionNotice);
    fixture.componentRef.setInput('phase', 'lost');
    fixture.componentRef.setInput('reason', 'It is so.');
    await fixture.whenStable();
    const countdown = () => (fixture.nativeElement as HTMLElement).querySelector('.countdown');
    expect(countdown()).toBeNull();
    fixture.componentRef.setInput('retryIn', 8);
    await fixture.whenStable();
    expect(countdown()?.textContent).toBe('Next try in 8 s.');
    expect(countdown()?.getAttribute('aria-hidden')).toBe('true');
  });
});
