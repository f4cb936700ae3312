import { HttpEventType, type HttpResponse } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import {
  EPOCH_HEADER,
  JobHistoryEntrySchema,
  JobPageSchema,
  JobSchema,
  ResultTicketSchema,
  type CreateJob,
  type Job,
  type JobHistoryEntry,
  type JobPage,
  type JobStatus,
} from '@harmonia/contract';
import { concatMap, defer, EMPTY, of, type Observable } from 'rxjs';
import * as v from 'valibot';
import { GatewayHttp } from '../connection/gateway-http';
import { understood } from '../connection/understood';
import { JobInbox } from './job-inbox';
import { receivedJob } from './received-job';

/** How far an upload is: a fraction from 0 to 1 while sending, then the job it made. */
export type UploadStep = { readonly kind: 'sending'; readonly fraction: number } | { readonly kind: 'created'; readonly job: Job };

/** Which jobs to list; everything left out does not narrow. */
export interface JobListFilter {
  readonly status?: readonly JobStatus[];
  readonly type?: string;
  readonly tag?: string;
  /** Found in id or title, without regard to case. */
  readonly text?: string;
  /** How many a page has, 1–200; default 50. */
  readonly limit?: number;
  /** `nextPage` of the answer before. */
  readonly page?: string;
}

/** What was answered, and when it was asked for: see {@link JobInbox.receive}. */
interface Answer {
  readonly response: HttpResponse<unknown>;
  readonly moment: number;
}

const HistorySchema = v.object({ history: v.array(JobHistoryEntrySchema) });

/**
 * Jobs over HTTP: what a person asks for, besides what arrives by itself. Every answer that holds jobs goes into the state
 * as any event does [C1]. Each call rejects with a RefusalError, `timeout` after 5 s without an answer [C9].
 *
 * @example const job = await inject(JobsHttp).create({ jobType: 'simulate', input: { steps: 10, delayMs: 300 } });
 */
@Injectable()
export class JobsHttp {
  private readonly gateway = inject(GatewayHttp);
  private readonly inbox = inject(JobInbox);

  /** Creates a job. */
  async create(job: CreateJob): Promise<Job> {
    return this.jobIn(await this.ask('POST', '/jobs', job));
  }

  /**
   * Uploads a file as the input of a new job; unsubscribing gives up. Steps of sending come where HttpClient tells of them:
   * `provideHttpClient(withXhr())`.
   */
  upload(file: File, { jobType, title }: Pick<CreateJob, 'jobType' | 'title'>): Observable<UploadStep> {
    const form = new FormData();
    form.set('jobType', jobType);
    if (title !== undefined) form.set('title', title);
    // Fields come first: the server reads them before it takes the file in.
    form.set('file', file);
    return defer(() => {
      const { moment } = this.inbox;
      return this.gateway.send('POST', '/jobs', form).pipe(
        concatMap((event): Observable<UploadStep> => {
          if (event.type === HttpEventType.UploadProgress)
            return of({ kind: 'sending', fraction: event.loaded / (event.total ?? Infinity) });
          return event.type === HttpEventType.Response ? of({ kind: 'created', job: this.jobIn({ response: event, moment }) }) : EMPTY;
        }),
      );
    });
  }

  /** One page of the user's jobs, newest first. */
  async list(filter: JobListFilter = {}): Promise<JobPage> {
    const query = new URLSearchParams();
    for (const [name, value = []] of Object.entries(filter)) for (const one of [value].flat()) query.append(name, String(one));
    const answer = await this.ask('GET', `/jobs?${query}`);
    const page = understood(JobPageSchema, answer.response.body);
    this.receive(page.jobs, answer);
    return page;
  }

  /** Every status change, and the newest progress changes [R9]. */
  async history(id: string): Promise<readonly JobHistoryEntry[]> {
    const { body } = await this.gateway.ask('GET', `/jobs/${id}/history`);
    return understood(HistorySchema, body).history;
  }

  /** Cancels a job that has not ended; else refused `status-conflict`. */
  async cancel(id: string): Promise<Job> {
    return this.jobIn(await this.ask('POST', `/jobs/${id}/cancel`));
  }

  /** Starts a failed or cancelled job anew, as its next attempt; else refused `status-conflict`. */
  async retry(id: string): Promise<Job> {
    return this.jobIn(await this.ask('POST', `/jobs/${id}/retry`));
  }

  /** Deletes a job with its files; the removal arrives as an event. */
  async remove(id: string): Promise<void> {
    await this.gateway.ask('DELETE', `/jobs/${id}`);
  }

  /** A link to the result that works once, for 60 s, without a token in the address. */
  async resultLink(id: string): Promise<string> {
    const { body } = await this.gateway.ask('POST', `/jobs/${id}/result/ticket`);
    return this.gateway.link(understood(ResultTicketSchema, body).url);
  }

  private async ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
    const { moment } = this.inbox;
    return { response: await this.gateway.ask(method, path, body), moment };
  }

  private jobIn(answer: Answer): Job {
    const job = understood(JobSchema, answer.response.body);
    this.receive([job], answer);
    return job;
  }

  /** An answer without an epoch cannot be ordered: the socket brings what it says. */
  private receive(jobs: readonly Job[], { response, moment }: Answer): void {
    const epoch = response.headers.get(EPOCH_HEADER);
    if (epoch) this.inbox.receive({ epoch, jobs: jobs.map(receivedJob), removed: [] }, moment);
  }
}
