import { computed, DOCUMENT, inject, Injectable, signal } from '@angular/core';
import { RefusalError } from '@harmonia/contract';
import { explain, JobsHttp } from '@harmonia/data-access';
import { Uploads } from './uploads';

const SIMULATION = { jobType: 'simulate', title: 'A simulated job', input: { steps: 40, delayMs: 250 } };

/** Starts jobs that need no file of the user's, and says how that goes. The list itself learns of them by the socket. */
@Injectable()
export class JobStarter {
  private readonly jobs = inject(JobsHttp);
  private readonly uploads = inject(Uploads);
  private readonly document = inject(DOCUMENT);
  private readonly running = signal(0);
  private readonly lastProblem = signal<string | null>(null);

  readonly busy = computed(() => this.running() > 0);
  /** Why the last start failed, and what to do about it; null when it did not. */
  readonly problem = this.lastProblem.asReadonly();

  /** Uploads the PDF that comes with the console. */
  sample(): Promise<void> {
    return this.attempt(async () => {
      const answer = await fetch(new URL('sample.pdf', this.document.baseURI));
      if (!answer.ok) throw new RefusalError('unavailable', 'The sample PDF cannot be had from this server.');
      this.uploads.add([new File([await answer.blob()], 'sample.pdf', { type: 'application/pdf' })]);
    });
  }

  /** Starts a job that only waits, in 40 steps. */
  simulate(): Promise<void> {
    return this.attempt(async () => {
      await this.jobs.create(SIMULATION);
    });
  }

  /** Takes the problem off the page. */
  dismiss(): void {
    this.lastProblem.set(null);
  }

  private async attempt(start: () => Promise<void>): Promise<void> {
    this.lastProblem.set(null);
    this.running.update((count) => count + 1);
    try {
      await start();
    } catch (error) {
      this.lastProblem.set(explain(error));
    } finally {
      this.running.update((count) => count - 1);
    }
  }
}
