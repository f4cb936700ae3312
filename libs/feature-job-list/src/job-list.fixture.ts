import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import type { Job } from '@harmonia/contract';
import { ConnectionActions, JobsActions, provideHarmonia, type JobFrame } from '@harmonia/data-access';
import { provideEffects } from '@ngrx/effects';
import { provideStore, Store } from '@ngrx/store';
import { JobList } from './job-list';

const TIME = '2026-03-01T10:00:00.000Z';

/** A job of Ada's, right after it was created, changed as said. */
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

/** Progress of so many of 40 steps. */
export const atStep = (current: number) => ({
  current,
  total: 40,
  percentage: Math.floor(current * 2.5),
  message: `Step ${current} of 40`,
});

function frameOf(jobs: readonly Job[], listed: boolean): JobFrame {
  const received = jobs.map(({ title, tags, input, result, ...state }) => {
    return { state, body: { title, tags, input, result, bodyVersion: state.bodyVersion } };
  });
  const sync = { keep: null, introduced: [], userList: { cursor: 'c', complete: true } };
  return { epoch: 'epoch-1', jobs: received, removed: [], sync: listed ? sync : null };
}

/** What is written there, one space between its parts. */
function words(element: Element): string {
  const parts = [...element.childNodes].map((node) => {
    if (node instanceof Element) return words(node);
    return node instanceof Text ? node.data.trim() : '';
  });
  return parts.filter((part) => part !== '').join(' ');
}

/** The list of a signed-in Ada, with the real store. */
export async function aListPage() {
  TestBed.configureTestingModule({
    providers: [provideRouter([]), provideHttpClient(), provideHttpClientTesting(), provideStore(), provideEffects(), provideHarmonia()],
  });
  const store = TestBed.inject(Store);
  const fixture = TestBed.createComponent(JobList);
  await fixture.whenStable();
  store.dispatch(ConnectionActions.sessionAuthenticated({ userId: 'ada' }));
  await fixture.whenStable();
  const page: HTMLElement = fixture.nativeElement;
  /** After everything that waits for promises, the page is drawn. */
  const stable = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    await fixture.whenStable();
  };
  const shown = async (action: Parameters<typeof JobsActions.jobsReceived>[0]) => {
    store.dispatch(JobsActions.jobsReceived(action));
    await fixture.whenStable();
  };
  return {
    page,
    store,
    server: TestBed.inject(HttpTestingController),
    stable,
    /** The list arrives, complete. */
    list: (...jobs: readonly Job[]) => shown(frameOf(jobs, true)),
    /** An event arrives. */
    tell: (...jobs: readonly Job[]) => shown(frameOf(jobs, false)),
    button: (name: string) => [...page.querySelectorAll('button')].find(({ textContent }) => textContent?.includes(name)),
    rows: () => [...page.querySelectorAll('li')].map(words),
  };
}
