import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Component, input } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import * as api from '@harmonia/data-access';
import { provideEffects } from '@ngrx/effects';
import { provideStore } from '@ngrx/store';
import { aJob } from './a-job';
import { GatewayDouble } from './gateway-double';
import { provideHarmoniaTesting } from './provide-harmonia-testing';

@Component({ selector: 'harmonia-job-page', template: `{{ ref.job()?.title }}` })
class JobPage {
  readonly id = input.required<string>();
  readonly ref = api.injectJob(this.id);
}

describe('the example of the README', () => {
  it('shows the end, also when it came while the connection was lost', async () => {
    TestBed.configureTestingModule({ providers: [provideStore(), provideEffects(), provideHarmoniaTesting()] });
    const gateway = TestBed.inject(GatewayDouble);
    const page = TestBed.createComponent(JobPage);
    page.componentRef.setInput('id', 'may');

    gateway.knows(aJob({ id: 'may', title: 'Invoices of May' }));
    await gateway.advanceFrame();
    expect(page.nativeElement.textContent).toContain('Invoices of May');

    gateway.drop();
    gateway.tell(aJob({ id: 'may', title: 'All invoices', status: 'completed', version: 2, bodyVersion: 2 }));
    gateway.reconnect();
    await gateway.advanceFrame();
    expect(page.nativeElement.textContent).toContain('All invoices');
  });
});

it('the README tells of everything that is exported', () => {
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
  const exported = Object.keys(api).filter((name) => !name.startsWith('ɵ'));
  expect(exported.length).toBeGreaterThan(20);
  expect(exported.filter((name) => !new RegExp(`\\b${name}\\b`).test(readme))).toEqual([]);
});
