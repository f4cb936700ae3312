import { TestBed } from '@angular/core/testing';
import { ConnectionBadge } from './connection-badge';

describe('ConnectionBadge', () => {
  it('tells each phase in words, politely', async () => {
    const fixture = TestBed.createComponent(ConnectionBadge);
    const element: HTMLElement = fixture.nativeElement;
    const words: string[] = [];
    for (const phase of ['idle', 'connecting', 'catching-up', 'live', 'stale', 'polling', 'lost', 'refused']) {
      fixture.componentRef.setInput('phase', phase);
      await fixture.whenStable();
      words.push(element.textContent ?? '');
    }
    expect(words).toEqual([
      'Not connected',
      'Connecting…',
      'Catching up…',
      'Live',
      'Not up to date',
      'Updates every few seconds',
      'Reconnecting…',
      'Refused',
    ]);
    expect(element.getAttribute('role')).toBe('status');
  });
});
