import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { ChangeDetectionStrategy, Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter, withComponentInputBinding } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import type { Job, JobRemoval } from '@harmonia/contract';
import { GatewayDouble, provideHarmoniaTesting } from '@harmonia/data-access/testing';
import { provideEffects } from '@ngrx/effects';
import { provideStore } from '@ngrx/store';
import { JobDetail } from './job-detail';

@Component({ selector: 'harmonia-all-jobs', template: 'all jobs', changeDetection: ChangeDetectionStrategy.OnPush })
class AllJobs {}

/** The page of one job under its route, with the real store and a gateway that has not answered yet. */
export async function aDetailPage(address = '/jobs/job-1') {
  const routes = [
    { path: 'jobs', component: AllJobs },
    { path: 'elsewhere', component: AllJobs },
    { path: 'jobs/:id', component: JobDetail },
  ];
  TestBed.configureTestingModule({
    providers: [
      provideRouter(routes, withComponentInputBinding()),
      provideHttpClient(),
      provideHttpClientTesting(),
      provideStore(),
      provideEffects(),
      provideHarmoniaTesting(),
    ],
  });
  const gateway = TestBed.inject(GatewayDouble);
  gateway.holdAcks();
  const harness = await RouterTestingHarness.create(address);
  /** After everything that waits for promises, the page is drawn. */
  const stable = async () => {
    await gateway.advanceFrame();
    await harness.fixture.whenStable();
  };
  const page: HTMLElement = harness.fixture.nativeElement;
  return {
    page,
    gateway,
    stable,
    server: TestBed.inject(HttpTestingController),
    goTo: (path: string) => harness.navigateByUrl(path),
    /** News arrive; the first time, the answer that was waited for. */
    tell: async (jobs: readonly Job[], removed: readonly JobRemoval[] = []) => {
      gateway.tell(...jobs);
      for (const removal of removed) gateway.deliver('job:removed', removal);
      gateway.releaseAcks();
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
