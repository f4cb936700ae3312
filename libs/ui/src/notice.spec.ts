import { ChangeDetectionStrategy, Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Notice } from './notice';

@Component({
  selector: 'harmonia-host',
  imports: [Notice],
  template: '<harmonia-notice icon="offline" heading="No connection">It comes back.<button actions>Try now</button></harmonia-notice>',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
class Host {}

describe('Notice', () => {
  it('says what is so, why, and what can be done', async () => {
    const fixture = TestBed.createComponent(Host);
    await fixture.whenStable();
    const element: HTMLElement = fixture.nativeElement;
    expect(element.querySelector('h2')?.textContent).toBe('No connection');
    expect(element.querySelector('.text')?.textContent).toBe('It comes back.');
    expect(element.querySelector('.actions button')?.textContent).toBe('Try now');
  });
});
