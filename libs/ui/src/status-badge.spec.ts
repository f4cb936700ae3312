import { TestBed } from '@angular/core/testing';
import { JOB_STATUSES } from '@harmonia/contract';
import { StatusBadge } from './status-badge';

async function shown(status: string): Promise<HTMLElement> {
  const fixture = TestBed.createComponent(StatusBadge);
  fixture.componentRef.setInput('status', status);
  await fixture.whenStable();
  return fixture.nativeElement;
}

describe('StatusBadge', () => {
  it('says each status in a word of its own, with a shape of its own', async () => {
    const badges = await Promise.all(JOB_STATUSES.map(shown));
    expect(badges.map((badge) => badge.textContent)).toEqual(['Queued', 'Running', 'Completed', 'Failed', 'Cancelled']);
    expect(new Set(badges.map((badge) => badge.querySelector('path')?.getAttribute('d'))).size).toBe(JOB_STATUSES.length);
    expect(badges.map((badge) => badge.className)).toEqual([...JOB_STATUSES]);
  });
});
