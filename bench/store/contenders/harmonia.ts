import { ApplicationRef, computed, effect, runInInjectionContext, type Injector } from '@angular/core';
import type { Job } from '@harmonia/contract';
import { injectJob, injectJobs, JobsActions, selectAllJobs, selectJobProgress, type JobNews } from '@harmonia/data-access';
import { GatewayDouble, provideHarmoniaTesting } from '@harmonia/data-access/testing';
import { Actions, ofType, provideEffects } from '@ngrx/effects';
import { provideStore, Store } from '@ngrx/store';
import type { Contender, ShownJob } from '../contender.ts';
import type { JobChanged } from '../job-stream.ts';
import { page } from '../page.ts';

/**
 * Harmonia in a page whose gateway is the double. News enter where the socket hands them over, decoded as the peers' are: from
 * there they go through the inbox, one action a frame, the reducer, the facts that follow, and one list of all jobs.
 */
export class Harmonia implements Contender<readonly JobNews[]> {
  /** How often it said of which job that it was completed. */
  readonly completions = new Map<string, number>();
  /** How often a view of one job was computed. */
  projections = 0;
  private readonly gateway: GatewayDouble;
  private readonly store: Store;
  private readonly application: ApplicationRef;
  private list: readonly Pick<Job, 'id' | 'status'>[] = [];

  private constructor(
    private readonly injector: Injector,
    private readonly singly: boolean,
    private readonly renders: boolean,
  ) {
    this.gateway = injector.get(GatewayDouble);
    this.store = injector.get(Store);
    this.application = injector.get(ApplicationRef);
  }

  /**
   * @param singly whether each change comes in a message of its own, as to plain clients, instead of one message a frame [E4]
   * @param renders whether Angular looks for something to render after each frame
   */
  static async with(jobs: readonly Job[], { singly = false, renders = false } = {}): Promise<Harmonia> {
    const one = new Harmonia(await page([provideStore(), provideEffects(), provideHarmoniaTesting()]), singly, renders);
    one.count();
    one.gateway.knows(...jobs);
    runInInjectionContext(one.injector, () => injectJobs());
    await one.settle();
    one.store.select(selectAllJobs).subscribe((list) => (one.list = list));
    return one;
  }

  /** Shows these jobs, each in a view of its own. */
  async watch(ids: readonly string[]): Promise<void> {
    runInInjectionContext(this.injector, () => ids.forEach((id) => this.view(id)));
    await this.settle();
    this.projections = 0;
  }

  told(changes: readonly JobChanged[]): readonly JobNews[] {
    const jobs = changes.map(receivedOf);
    const { epoch } = this.gateway;
    return this.singly ? jobs.map((job) => ({ epoch, jobs: [job], removed: [] })) : [{ epoch, jobs, removed: [] }];
  }

  take(told: readonly JobNews[]): void {
    for (const news of told) this.gateway.ɵsocket.tell({ kind: 'news', news });
    this.gateway.ɵframes.draw();
    if (this.renders) this.application.tick();
  }

  shown(): readonly ShownJob[] {
    return this.list.map(({ id, status }) => ({ id, status, progress: this.store.selectSignal(selectJobProgress(id))() }));
  }

  private view(id: string): void {
    const { job } = injectJob(id);
    const projected = computed(() => {
      this.projections++;
      return job()?.progress?.percentage;
    });
    effect(() => void projected());
  }

  private count(): void {
    const ends = this.injector.get(Actions).pipe(ofType(JobsActions.jobCompleted));
    ends.subscribe(({ job }) => this.completions.set(job.id, (this.completions.get(job.id) ?? 0) + 1));
  }

  private async settle(): Promise<void> {
    await this.gateway.advanceFrame();
    await this.gateway.advanceFrame();
  }
}

function receivedOf({ title, tags, input, result, ...state }: JobChanged): JobNews['jobs'][number] {
  const { bodyVersion } = state;
  return { state, body: state.version === bodyVersion ? { title, tags, input, result, bodyVersion } : null };
}
