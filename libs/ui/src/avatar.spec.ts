import { TestBed } from '@angular/core/testing';
import { Avatar, initialsOf } from './avatar';

describe('Avatar', () => {
  it.each([
    ['Ada', 'A'],
    ['Grace Brewster Hopper', 'GH'],
    ['  émile  zola ', 'ÉZ'],
    ['ben.cole@example.org', 'BO'],
    ['李 小龍', '李小'],
    ['👩‍💻', '?'],
    ['42', '4'],
  ])('shows the initials of %s: %s', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });

  it('is for the eye alone, in a colour that stays with the user', async () => {
    const fixture = TestBed.createComponent(Avatar);
    const element: HTMLElement = fixture.nativeElement;
    const hues = [];
    for (const userId of ['ada', 'grace', 'ada']) {
      fixture.componentRef.setInput('userId', userId);
      await fixture.whenStable();
      hues.push(element.style.getPropertyValue('--hue'));
    }
    expect([element.textContent, element.getAttribute('aria-hidden')]).toEqual(['A', 'true']);
    expect(hues[0]).toBe(hues[2]);
    expect(hues[0]).not.toBe(hues[1]);
  });
});
