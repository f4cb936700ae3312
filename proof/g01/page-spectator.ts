import { provideHttpClient } from '@angular/common/http';
import { createEnvironmentInjector, ErrorHandler, runInInjectionContext, type EnvironmentInjector } from '@angular/core';
import { isTerminal, type Job } from '@harmonia/contract';
import {
  ConnectionActions,
  injectJob,
  injectJobs,
  JobsActions,
  JobsHttp,
  provideHarmonia,
  selectAllJobs,
  selectJobById,
  withGateway,
  withToken,
} from '@harmonia/data-access';
import { Actions, ofType, provideEffects } from '@ngrx/effects';
import { provideStore, Store } from '@ngrx/store';
import { page } from '../rig/page.ts';
import type { Random } from '../rig/random.ts';
import type { TcpLink } from '../rig/tcp-link.ts';
import { wholeText, type Spectator } from './spectator.ts';

/** What a page shows. */
export interface PageOptions {
  readonly name: string;
  readonly userId: string;
  readonly token: string;
  /** The user's list; else jobs in views of their own. */
  readonly isList: boolean;
  readonly isAdmin: boolean;
}

const MOST_VIEWS = 5;

/** A real page of @harmonia/data-access: its store, its effects, its socket; only nothing is drawn. */
export class PageSpectator implements Spectator {
  readonly name: string;
  isConnected = false;
  admittedAt = 0;
  endsToldTwice = 0;
  private readonly views = new Map<string, EnvironmentInjector>();
  /** By id: the end that it was told of, as long as it stands. */
  private readonly told = new Map<string, string>();
  private readonly state: () => object;

  private constructor(
    private readonly options: PageOptions,
    readonly link: TcpLink,
    private readonly injector: EnvironmentInjector,
    private readonly destroy: () => void,
  ) {
    this.name = options.name;
    this.state = injector.get(Store<object>).selectSignal((state) => state);
    const actions = injector.get(Actions);
    actions.pipe(ofType(ConnectionActions.sessionAuthenticated)).subscribe(() => this.admit());
    actions.pipe(ofType(ConnectionActions.connectionLost)).subscribe(() => (this.isConnected = false));
    actions.pipe(ofType(JobsActions.jobCompleted)).subscribe(({ job }) => this.hearEnd(job.id));
    actions.pipe(ofType(JobsActions.jobFailed)).subscribe(({ id }) => this.hearEnd(id));
    actions.pipe(ofType(JobsActions.jobStatusUpdated)).subscribe(({ id }) => this.told.delete(id));
    if (options.isList) runInInjectionContext(injector, () => injectJobs());
  }

  static async open(options: PageOptions, link: TcpLink): Promise<PageSpectator> {
    const application = await page([
      provideStore(),
      provideEffects(),
      provideHttpClient(),
      // what breaks on purpose is no news
      { provide: ErrorHandler, useValue: { handleError: () => undefined } },
      provideHarmonia(
        withGateway({ url: `http://127.0.0.1:${link.port}` }),
        withToken(() => options.token),
      ),
    ]);
    return new PageSpectator(options, link, application.injector, () => application.destroy());
  }

  watches(jobs: ReadonlyMap<string, Job>): ReadonlySet<string> {
    if (!this.options.isList) return new Set(this.views.keys());
    const theirs = [...jobs.values()].filter(({ userId }) => userId === this.options.userId);
    const shown = selectAllJobs(this.state()).filter(({ userId }) => userId === this.options.userId);
    return new Set([...theirs, ...shown].map(({ id }) => id));
  }

  shown(id: string): Job | null {
    return selectJobById(id)(this.state());
  }

  readonly text = wholeText;

  act(random: Random, jobs: ReadonlyMap<string, Job>): void {
    if (this.options.isList) return this.readList();
    const wanted = random.pick([...jobs.values()].filter(({ userId }) => this.options.isAdmin || userId === this.options.userId));
    const oldest = [...this.views.keys()][0];
    if (oldest !== undefined && this.views.size >= MOST_VIEWS) this.leave(oldest);
    if (wanted && !this.views.has(wanted.id)) this.view(wanted.id);
  }

  close(): void {
    this.destroy();
  }

  /** As a person does who looks for something: the answer may come late, after newer events. */
  private readList(): void {
    this.injector
      .get(JobsHttp)
      .list({ limit: 100 })
      .catch(() => undefined);
  }

  private view(id: string): void {
    const view = createEnvironmentInjector([], this.injector);
    runInInjectionContext(view, () => injectJob(id));
    this.views.set(id, view);
  }

  private leave(id: string): void {
    this.views.get(id)?.destroy();
    this.views.delete(id);
  }

  private admit(): void {
    this.isConnected = true;
    this.admittedAt = Date.now();
  }

  private hearEnd(id: string): void {
    const job = this.shown(id);
    if (!job || !isTerminal(job.status)) return;
    const end = [job.attempt, job.status, job.createdAt, job.updatedAt].join(' ');
    if (this.told.get(id) === end) this.endsToldTwice++;
    this.told.set(id, end);
  }
}
