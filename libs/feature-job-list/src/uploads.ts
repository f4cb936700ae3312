import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import { RefusalError, REFUSALS } from '@harmonia/contract';
import { explain, injectConnection, JobsHttp, type UploadStep } from '@harmonia/data-access';
import { Announcer } from '@harmonia/ui';
import { Subscription } from 'rxjs';
import { askBeforeLeaving } from './ask-before-leaving';
import type { Upload, UploadState } from './upload';

/** More at once would only make each slower. */
const MOST_AT_ONCE = 3;
/** What the server takes as a title; names of files may be longer. */
const LONGEST_TITLE = 200;

/**
 * The files that are being uploaded, each as a job of the type that fits it: PDFs become notes, others are digested. They go on
 * while other pages are shown, and end when their user signs out. The list itself learns of the jobs as of any other.
 */
@Injectable({ providedIn: 'root' })
export class Uploads {
  private readonly jobs = inject(JobsHttp);
  private readonly announcer = inject(Announcer);
  private readonly entries = signal<readonly Upload[]>([]);
  private readonly sending = new Map<number, Subscription>();
  private lastId = 0;

  /** Oldest first; one whose job is there is no longer among them. */
  readonly all = this.entries.asReadonly();

  constructor() {
    const connection = injectConnection();
    effect(() => {
      if (connection.state().phase === 'idle') untracked(() => this.clear());
    });
    askBeforeLeaving(computed(() => this.all().some(({ phase }) => phase !== 'failed')));
  }

  add(files: readonly File[]): void {
    const added = files.map((file): Upload => ({ id: ++this.lastId, file, phase: 'waiting' }));
    this.entries.update((entries) => [...entries, ...added]);
    this.startNext();
  }

  /** Gives it up, wherever it is. */
  remove(id: number): void {
    this.sending.get(id)?.unsubscribe();
    this.announcer.drop(topicOf(id));
    this.entries.update((entries) => entries.filter((entry) => entry.id !== id));
    this.leave(id);
  }

  /** Sends a failed one again. */
  retry(id: number): void {
    this.change(id, { phase: 'waiting' });
    this.startNext();
  }

  private clear(): void {
    this.sending.forEach((subscription) => subscription.unsubscribe());
    this.sending.clear();
    this.entries.set([]);
  }

  private startNext(): void {
    const free = MOST_AT_ONCE - this.sending.size;
    const waiting = this.all().filter(({ phase }) => phase === 'waiting');
    for (const upload of waiting.slice(0, free)) this.start(upload);
  }

  private start({ id, file }: Upload): void {
    const subscription = new Subscription();
    this.sending.set(id, subscription);
    this.change(id, { phase: 'sending', fraction: 0 });
    const steps = this.jobs.upload(file, { jobType: jobTypeOf(file), title: file.name.slice(0, LONGEST_TITLE) });
    subscription.add(steps.subscribe({ next: (step) => this.advance(id, file, step), error: (error: unknown) => this.fail(id, error) }));
  }

  private advance(id: number, file: File, step: UploadStep): void {
    if (step.kind === 'sending') {
      this.change(id, { phase: 'sending', fraction: step.fraction });
      if (step.fraction < 1) this.announcer.mention(topicOf(id), `${file.name}: ${Math.floor(step.fraction * 100)} % uploaded`);
    } else {
      this.remove(id);
      this.announcer.tell(`${file.name} is uploaded`);
    }
  }

  private fail(id: number, error: unknown): void {
    const canRetry = !(error instanceof RefusalError) || REFUSALS[error.code].remedy !== 'final';
    this.announcer.drop(topicOf(id));
    this.change(id, { phase: 'failed', problem: explain(error), canRetry });
    this.leave(id);
  }

  private leave(id: number): void {
    this.sending.delete(id);
    this.startNext();
  }

  private change(id: number, state: UploadState): void {
    this.entries.update((entries) => entries.map((entry) => (entry.id === id ? { id, file: entry.file, ...state } : entry)));
  }
}

const topicOf = (id: number): string => `upload ${id}`;

function jobTypeOf({ type, name }: File): string {
  return type === 'application/pdf' || /\.pdf$/i.test(name) ? 'pdf-notes' : 'file-digest';
}
