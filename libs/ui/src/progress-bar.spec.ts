import { TestBed } from '@angular/core/testing';
import { ProgressBar } from './progress-bar';

describe('ProgressBar', () => {
  async function bar(value: number | null) {
    const fixture = TestBed.createComponent(ProgressBar);
    fixture.componentRef.setInput('value', value);
    fixture.componentRef.setInput('label', 'Upload of Report.pdf');
    await fixture.whenStable();
    const element: HTMLElement = fixture.nativeElement;
    return { element, fill: element.querySelector('span') };
  }

  it('is as full as it says, and has a name', async () => {
    const { element, fill } = await bar(40);
    expect(fill?.style.inlineSize).toBe('40%');
    expect(['role', 'aria-valuemin', 'aria-valuenow', 'aria-valuemax', 'aria-label'].map((name) => element.getAttribute(name))).toEqual([
      'progressbar',
      '0',
      '40',
      '100',
      'Upload of Report.pdf',
    ]);
  });

  it('claims nothing where it is not known how far it goes', async () => {
    const { element, fill } = await bar(null);
    expect([element.className, element.hasAttribute('aria-valuenow'), fill?.style.inlineSize]).toEqual(['indeterminate', false, '']);
  });
});
