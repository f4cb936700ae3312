import { Component, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { keepFocus } from './kept-focus';

@Component({
  template: `
    <section>
      <div class="actions">
        @if (step() === 'pressed') {
          <button>Run again</button>
        } @else {
          <button [disabled]="step() === 'busy'">Cancel</button>
        }
      </div>
      <p>Nothing</p>
    </section>
  `,
})
class Page {
  readonly step = signal<'idle' | 'busy' | 'pressed'>('idle');
  constructor() {
    keepFocus();
  }
}

/** A page with a button that has the focus. */
async function aPage() {
  const fixture = TestBed.createComponent(Page);
  const page: HTMLElement = fixture.nativeElement;
  document.body.append(page);
  await fixture.whenStable();
  const find = (selector: string) => page.querySelector<HTMLElement>(selector);
  find('button')?.focus();
  const become = async (step: 'idle' | 'busy' | 'pressed') => {
    fixture.componentInstance.step.set(step);
    await fixture.whenStable();
  };
  return { find, become };
}

describe('keepFocus', () => {
  afterEach(() => document.querySelectorAll('section').forEach((section) => section.parentElement?.remove()));

  it('gives the focus to what a button that is gone was in, for as long as it stays there', async () => {
    const { find, become } = await aPage();
    await become('pressed');
    const actions = find('.actions');
    expect(document.activeElement).toBe(actions);
    expect(actions?.tabIndex).toBe(-1);
    find('button')?.focus();
    expect(actions?.hasAttribute('tabindex')).toBe(false);
  });

  it('gives it to what a button is in that cannot have it for a while', async () => {
    const { find, become } = await aPage();
    find('button')?.blur(); // as browsers do with one that is disabled
    await become('busy');
    expect(document.activeElement).toBe(find('.actions'));
  });

  it('leaves it to whoever clicked on nothing', async () => {
    const { find, become } = await aPage();
    find('p')?.dispatchEvent(new Event('pointerdown', { bubbles: true }));
    find('button')?.blur();
    await become('pressed');
    expect(document.activeElement).toBe(document.body);
  });
});
