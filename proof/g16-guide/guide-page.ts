import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { ActivatedRoute } from '@angular/router';
import type { Job } from '@harmonia/contract';
import type { EntityAdapter, EntityState } from '@ngrx/entity';
import {
  createAction,
  createReducer,
  on,
  props,
  provideStore,
  ScannedActionsSubject,
  Store,
  type Action,
  type ActionReducer,
} from '@ngrx/store';
import { firstValueFrom } from 'rxjs';
import { filter } from 'rxjs/operators';

/** The state of the guide's application. */
export interface AppState {
  readonly jobs: EntityState<Job>;
  readonly auth: { readonly token: string | null };
}

/** What the guide's store is made of. */
export interface GuideStore {
  readonly jobsReducer: ActionReducer<EntityState<Job>>;
  readonly jobsAdapter: EntityAdapter<Job>;
  readonly initialJobsState: EntityState<Job>;
}

/** The guide takes sign-in for granted. */
export const signedIn = createAction('[Auth] Signed In Or Out', props<{ token: string | null }>());

const authReducer = createReducer<AppState['auth']>(
  { token: null },
  on(signedIn, (_, { token }) => ({ token })),
);

/** A page with the guide's store in it, which remembers what was dispatched. */
export class GuidePage {
  readonly actions: Action[] = [];
  /** The route of the job detail, of which the guide reads `snapshot.params`. */
  readonly route = { snapshot: { params: {} as Record<string, string> } };
  readonly store: Store<AppState>;

  /** @param jobs what the page has loaded before it connects; the guide does not say how */
  constructor({ jobsReducer, jobsAdapter, initialJobsState }: GuideStore, jobs: readonly Job[]) {
    const initialState = { jobs: jobsAdapter.setAll([...jobs], initialJobsState) };
    TestBed.configureTestingModule({
      providers: [
        provideStore<AppState>({ jobs: jobsReducer, auth: authReducer }, { initialState }),
        { provide: ActivatedRoute, useValue: this.route },
      ],
    });
    this.store = TestBed.inject<Store<AppState>>(Store);
    TestBed.inject(ScannedActionsSubject).subscribe((action) => this.actions.push(action));
  }

  /** The job as the page shows it, as soon as it fits. */
  async job(id: string, fits: (job: Job) => boolean): Promise<Job> {
    const found = await firstValueFrom(
      this.store.select(({ jobs }) => jobs.entities[id]).pipe(filter((job): job is Job => job !== undefined && fits(job))),
    );
    return found;
  }

  /** The first action of this type, past or to come. */
  action<Found extends Action>({ type }: { readonly type: string }): Promise<Found> {
    const known = this.actions.find((action) => action.type === type);
    const source = TestBed.inject(ScannedActionsSubject).pipe(filter((action) => action.type === type));
    return (known ? Promise.resolve(known) : firstValueFrom(source)) as Promise<Found>;
  }
}

/** When an element shows a text. */
export function shown({ nativeElement }: ComponentFixture<unknown>, text: string): Promise<HTMLElement> {
  const element = nativeElement as HTMLElement;
  return new Promise((resolve) => {
    const look = () => {
      if (!element.textContent?.includes(text)) return;
      observer.disconnect();
      resolve(element);
    };
    const observer = new MutationObserver(look);
    observer.observe(element, { subtree: true, childList: true, characterData: true, attributes: true });
    look();
  });
}
