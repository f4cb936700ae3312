import { computed, DOCUMENT, inject, Injectable, signal } from '@angular/core';
import { RefusalError } from '@harmonia/contract';
import { explain, JobsHttp } from '@harmonia/data-access';
import { lastValueFrom, tap } from 'rxjs';

/** What is being sent at the moment. */
export interface Sending {
  readonly name: string;
  /** 0–1. */
  readonly fraction: number;
}

const SIMULATION = { jobType: 'simulate', title: 'A simulated job', input: { steps: 40, delayMs: 250 } };

/** Starts jobs, one after the other, and says how that goes. The list itself learns of them by the socket. */
@Injectable()
export class JobStarter {
  private readonly jobs = inject(JobsHttp);
  private readonly document = inject(DOCUMENT);
  private readonly upload = signal<Sending | null>(null);
  private readonly running = signal(0);
  private readonly lastProblem = signal<string | null>(null);

  /** The file that is being uploaded, null when there is none. */
  readonly sending = this.upload.asReadonly();
  readonly busy = computed(() => this.running() > 0);
  /** Why the last start failed, and what to do about it; null when it did not. */
  readonly problem = this.lastProblem.asReadonly();

  /** Uploads files, each as a job of the type that fits it: PDFs become notes, others are digested. */
  files(files: readonly File[]): Promise<void> {
    return this.attempt(async () => {
      for (const file of files) await this.send(file);
    });
  }

  /** Uploads the PDF that comes with the console. */
  sample(): Promise<void> {
    return this.attempt(async () => {
      const answer = await fetch(new URL('sample.pdf', this.document.baseURI));
      if (!answer.ok) throw new RefusalError('unavailable', 'The sample PDF cannot be had from this server.');
      await this.send(new File([await answer.blob()], 'sample.pdf', { type: 'application/pdf' }));
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

  private async send(file: File): Promise<void> {
    this.upload.set({ name: file.name, fraction: 0 });
    const jobType = file.type === 'application/pdf' || /\.pdf$/i.test(file.name) ? 'pdf-notes' : 'file-digest';
    const steps = this.jobs.upload(file, { jobType, title: file.name });
    await lastValueFrom(
      steps.pipe(tap((step) => step.kind === 'sending' && this.upload.set({ name: file.name, fraction: step.fraction }))),
    );
  }

  private async attempt(start: () => Promise<void>): Promise<void> {
    this.lastProblem.set(null);
    this.running.update((count) => count + 1);
    try {
      await start();
    } catch (error) {
      const file = this.upload()?.name;
      this.lastProblem.set(file === undefined ? explain(error) : `${file}: ${explain(error)}`);
    } finally {
      this.upload.set(null);
      this.running.update((count) => count - 1);
    }
  }
}
