import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { ChangeDetectionStrategy, Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter, withComponentInputBinding } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import type { Job, JobRemoval } from '@harmonia/contract';
import { JobsActions, provideHarmonia } from '@harmonia/data-access';
import { provideEffects } from '@ngrx/effects';
import { provideStore, Store } from '@ngrx/store';
import { JobDetail } from './job-detail';

const TIME = '2026-03-01T10:00:00.000Z';

/** A job right after it was created, changed as said. */
export function aJob(changes: Partial<Job> = {}): Job {
  const state = {
    id: 'job-1',
    userId: 'ada',
    jobType: 'simulate',
    status: 'queued',
    progress: null,
    attempt: 1,
    version: 1,
    bodyVersion: 1,
  } as const;
  return { ...state, createdAt: TIME, updatedAt: TIME, title: 'A job', tags: [], input: null, result: null, ...changes };
}

@Component({ selector: 'harmonia-all-jobs', template: 'all jobs', changeDetection: ChangeDetectionStrategy.OnPush })
class AllJobs {}

/** The page of one job under its route, with the real store. */
export async function aDetailPage(address = '/jobs/job-1') {
  const routes = [
    { path: 'jobs', component: AllJobs },
    { path: 'jobs/:id', component: JobDetail },
  ];
  TestBed.configureTestingModule({
    providers: [
      provideRouter(routes, withComponentInputBinding()),
      provideHttpClient(),
      provideHttpClientTesting(),
      provideStore(),
      provideEffects(),
      provideHarmonia(),
    ],
  });
  const store = TestBed.inject(Store);
  const harness = await RouterTestingHarness.create(address);
  /** After everything that waits for promises, the page is drawn. */
  const stable = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    await harness.fixture.whenStable();
  };
  const page: HTMLElement = harness.fixture.nativeElement;
  return {
    page,
    store,
    stable,
    server: TestBed.inject(HttpTestingController),
    goTo: (path: string) => harness.navigateByUrl(path),
    /** News arrive. */
    tell: async (jobs: readonly Job[], removed: readonly JobRemoval[] = []) => {
      const received = jobs.map(({ title, tags, input, result, ...state }) => {
        return { state, body: { title, tags, input, result, bodyVersion: state.bodyVersion } };
      });
      store.dispatch(JobsActions.jobsReceived({ epoch: 'epoch-1', jobs: received, removed, sync: null }));
      await stable();
    },
    button: (name: string) => [...page.querySelectorAll('button')].find(({ textContent }) => textContent?.includes(name)),
    text: () => page.textContent?.replace(/\s+/g, ' ') ?? '',
    /** The details beneath, as text by term. */
    details: () =>
      Object.fromEntries(
        [...page.querySelectorAll('dt')].map((term) => [
          term.textContent,
          term.nextElementSibling?.textContent?.replace(/\s+/g, ' ').trim(),
        ]),
      ),
  };
}
