import { Location } from '@angular/common';
import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { provideRouter, Router } from '@angular/router';
import type { Job } from '@harmonia/contract';
import { GatewayDouble, provideHarmoniaTesting } from '@harmonia/data-access/testing';
import { provideEffects } from '@ngrx/effects';
import { provideStore } from '@ngrx/store';
import { JobList } from './job-list';

/** Progress of so many of 40 steps. */
export const atStep = (current: number) => ({
  current,
  total: 40,
  percentage: Math.floor(current * 2.5),
  message: `Step ${current} of 40`,
});

/** What is written there, one space between its parts. */
function words(element: Element): string {
  const parts = [...element.childNodes].map((node) => {
    if (node instanceof Element) return words(node);
    return node instanceof Text ? node.data.trim() : '';
  });
  return parts.filter((part) => part !== '').join(' ');
}

/** The list of a signed-in Ada, with the real store and a gateway that has not answered yet. */
export async function aListPage(address = '/') {
  TestBed.configureTestingModule({
    providers: [
      provideRouter([]),
      provideHttpClient(),
      provideHttpClientTesting(),
      provideStore(),
      provideEffects(),
      provideHarmoniaTesting(),
    ],
  });
  const gateway = TestBed.inject(GatewayDouble);
  gateway.holdAcks();
  const router = TestBed.inject(Router);
  await router.navigateByUrl(address);
  const fixture = TestBed.createComponent(JobList);
  const page: HTMLElement = fixture.nativeElement;
  /** After everything that waits for promises, the page is drawn. */
  const stable = async () => {
    await gateway.advanceFrame();
    await fixture.whenStable();
  };
  await stable();
  return {
    page,
    gateway,
    router,
    location: TestBed.inject(Location),
    server: TestBed.inject(HttpTestingController),
    stable,
    /** The list arrives, complete. */
    list: async (...jobs: readonly Job[]) => {
      gateway.knows(...jobs);
      gateway.releaseAcks();
      await stable();
    },
    /** An event arrives. */
    tell: async (...jobs: readonly Job[]) => {
      gateway.tell(...jobs);
      await stable();
    },
    button: (name: string) => [...page.querySelectorAll('button')].find(({ textContent }) => textContent?.includes(name)),
    rows: () => [...page.querySelectorAll('.list li')].map(words),
    /** The names of the listed jobs. */
    names: () => [...page.querySelectorAll('li a')].map(words),
    /** Status by status, what its chip says. */
    chips: () => [...page.querySelectorAll('[aria-pressed]')].map(words),
  };
}
