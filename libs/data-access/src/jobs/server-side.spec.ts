import { HttpTestingController } from '@angular/common/http/testing';
import { Component, PLATFORM_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { aHost } from '../harmonia.fixture';
import { withGuideActions } from '../provide-harmonia';
import { injectConnection } from '../connection/inject-connection';
import { injectJob } from './inject-job';
import { injectJobs } from './inject-jobs';

@Component({ template: `{{ ref.phase() }}, {{ mine.jobs().length }} jobs, {{ connection.state().phase }}` })
class JobPage {
  readonly ref = injectJob('job-1');
  readonly mine = injectJobs({ status: 'failed' });
  readonly connection = injectConnection();
}

describe('server-side rendering', () => {
  afterEach(() => jest.useRealTimers());

  it('renders a page that watches, connects nowhere, asks nothing and leaves no timer', async () => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
    const host = aHost(() => 'token-1', [{ provide: PLATFORM_ID, useValue: 'server' }, ...withGuideActions().providers]);
    const page = TestBed.createComponent(JobPage);
    TestBed.tick();
    // What Angular itself schedules is done by then; a timer of ours would be there still.
    await jest.advanceTimersByTimeAsync(100);
    expect(page.nativeElement.textContent).toBe('loading, 0 jobs, idle');
    expect([host.socket.tokens, host.socket.requests, host.actions]).toEqual([[], [], []]);
    TestBed.inject(HttpTestingController).verify();
    expect(jest.getTimerCount()).toBe(0);
    page.destroy();
    await jest.advanceTimersByTimeAsync(100);
    expect(jest.getTimerCount()).toBe(0);
  });
});
