import { TestBed } from '@angular/core/testing';
import * as fc from 'fast-check';
import { HarmoniaConnection } from '../connection/harmonia-connection';
import { aHost, settle } from '../harmonia.fixture';
import { aJob } from './job.fixture';
import { JobWatches } from './job-watches';

type Step = { readonly mount: string } | { readonly unmount: number } | { readonly reconnect: true };

const STEPS: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ mount: fc.constantFrom('job-1', 'job-2', 'job-3') }) },
    { weight: 4, arbitrary: fc.record({ unmount: fc.nat(9) }) },
    { weight: 1, arbitrary: fc.record({ reconnect: fc.constant<true>(true) }) },
  ),
  { minLength: 5, maxLength: 25 },
);

describe('JobWatches over a connection', () => {
  it('[C5] has the server watch what is looked at, whatever comes, goes and reconnects', async () => {
    await fc.assert(
      fc.asyncProperty(STEPS, async (steps) => {
        TestBed.resetTestingModule();
        const { socket } = aHost();
        const watches = TestBed.inject(JobWatches);
        const views: { id: string; end: () => void }[] = [];
        let declared: string[] = [];
        const serve = async () => {
          await settle();
          for (let request = socket.requests.shift(); request; request = socket.requests.shift()) {
            declared = Object.keys(request.declared.jobs);
            request.answer({ jobs: declared.map((id) => aJob({ id })) });
            await settle();
          }
        };
        await settle();
        socket.accept();
        await serve();
        for (const step of steps) {
          if ('mount' in step) views.push({ id: step.mount, end: watches.watchJob(step.mount) });
          else if ('unmount' in step) views.splice(step.unmount, 1).forEach(({ end }) => end());
          else {
            socket.end('cut-off');
            TestBed.inject(HarmoniaConnection).retry();
            await settle();
            declared = [];
            socket.accept();
          }
          await serve();
          expect(declared.sort()).toEqual([...new Set(views.map(({ id }) => id))].sort());
        }
      }),
      { numRuns: 60 },
    );
  }, 30_000);
});
