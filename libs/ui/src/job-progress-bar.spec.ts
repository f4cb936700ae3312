import { TestBed } from '@angular/core/testing';
import type { JobProgress, JobStatus } from '@harmonia/contract';
import { JobProgressBar } from './job-progress-bar';

async function bar(status: JobStatus, progress: JobProgress | null): Promise<Element | null> {
  const fixture = TestBed.createComponent(JobProgressBar);
  for (const [name, value] of Object.entries({ status, progress, label: 'Report' })) fixture.componentRef.setInput(name, value);
  await fixture.whenStable();
  const element: HTMLElement = fixture.nativeElement;
  return element.querySelector('[role=progressbar]');
}

const at = (percentage: number, total: number | null = 100) => ({ current: percentage, total, percentage, message: '' });

describe('JobProgressBar', () => {
  it.each([
    ['queued', null, '0'],
    ['processing', at(40), '40'],
    ['failed', at(40), '40'],
    ['completed', at(40), '100'],
    ['completed', null, '100'],
  ] as const)('shows how far a %s job is, with a name', async (status, progress, value) => {
    const shown = await bar(status, progress);
    expect(shown?.getAttribute('aria-valuenow')).toBe(value);
    expect(shown?.getAttribute('aria-label')).toBe('Report');
  });

  it.each([null, at(0, null)])('[R5] is indeterminate while a job runs without a total: %j', async (progress) => {
    const shown = await bar('processing', progress);
    expect(shown?.hasAttribute('aria-valuenow')).toBe(false);
    expect(shown?.classList).toContain('indeterminate');
  });

  it('[R5] is not indeterminate once the job has ended', async () => {
    expect((await bar('cancelled', at(0, null)))?.getAttribute('aria-valuenow')).toBe('0');
  });
});
