import { EnvironmentInjector, createEnvironmentInjector, runInInjectionContext, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { JobStatus } from '@harmonia/contract';
import { listenedTo } from './announcer.fixture';
import { announceProgress, type ProgressTopic } from './announce-progress';

const at = (percentage: number, total: number | null = 100, message = '') => ({ current: percentage, total, percentage, message });

describe('announceProgress', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** A job of which is heard by hand, and what is said of it; time enough passes after each. */
  function setUp(step = 10) {
    const { said } = listenedTo();
    const job = signal<ProgressTopic | null>(null);
    const injector = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
    runInInjectionContext(injector, () => announceProgress(job, step));
    const hear = (status: JobStatus, progress: ProgressTopic['progress'] = null, id = 'job-1') => {
      job.set({ id, name: 'Report', status, progress });
      TestBed.tick();
    };
    return { said, hear, job, leave: () => injector.destroy(), wait: () => jest.advanceTimersByTime(5_000) };
  }

  it('mentions each step once, not where it was found nor that it has hardly begun', () => {
    const { said, hear, wait } = setUp();
    hear('processing', at(42));
    for (const percentage of [43, 49, 50, 51, 59]) {
      hear('processing', at(percentage));
      wait();
    }
    expect(said).toEqual(['Report: 50 %']);
    hear('processing', at(1));
    wait();
    expect(said).toHaveLength(1);
  });

  it('[R5] mentions new messages where there is no total', () => {
    const { said, hear, wait } = setUp();
    for (const message of ['Reading', 'Reading', 'Writing', '']) {
      hear('processing', at(0, null, message));
      wait();
    }
    expect(said).toEqual(['Report: Writing']);
  });

  it('mentions no progress of a job that has ended meanwhile', () => {
    const { said, hear, wait } = setUp();
    for (const percentage of [0, 10, 20]) hear('processing', at(percentage));
    hear('completed', at(100));
    wait();
    expect(said).toEqual(['Report: 10 %']);
  });

  it('says nothing of the job before, nor of any after it was left', () => {
    const { said, hear, job, wait, leave } = setUp();
    for (const percentage of [0, 10, 20]) hear('processing', at(percentage));
    hear('processing', at(90), 'job-2');
    wait();
    expect(said).toEqual(['Report: 10 %']);
    for (const percentage of [10, 20]) hear('processing', at(percentage), 'job-3');
    for (const percentage of [30, 40]) hear('processing', at(percentage), 'job-3');
    job.set(null);
    TestBed.tick();
    leave();
    wait();
    expect(said).toEqual(['Report: 10 %', 'Report: 20 %']);
  });
});
