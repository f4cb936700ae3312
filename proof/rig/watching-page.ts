import { provideHttpClient } from '@angular/common/http';
import { ErrorHandler, runInInjectionContext, type Signal } from '@angular/core';
import type { Job } from '@harmonia/contract';
import {
  injectConnection,
  injectJob,
  injectJobs,
  provideHarmonia,
  selectJobById,
  withGateway,
  withToken,
  type ConnectionState,
} from '@harmonia/data-access';
import { provideEffects } from '@ngrx/effects';
import { provideStore, Store } from '@ngrx/store';
import { page } from './page.ts';

/** What a page watches. */
export interface WatchingPageOptions {
  /** Of a gateway, or of a link to one. */
  readonly url: string;
  /** The token, or how to get one whenever it is asked for. */
  readonly token: string | (() => string);
  /** Watched one by one; the user's list is watched too unless `list` is false. */
  readonly ids?: readonly string[];
  readonly list?: boolean;
}

/** A real page of @harmonia/data-access that draws nothing. In a program whose first import is `@angular/compiler`. */
export class WatchingPage {
  private constructor(
    private readonly store: Store,
    /** Where the connection stands [C6]. */
    readonly connection: Signal<ConnectionState>,
    readonly close: () => void,
  ) {}

  static async open({ url, token, ids = [], list = true }: WatchingPageOptions): Promise<WatchingPage> {
    const application = await page([
      provideStore(),
      provideEffects(),
      provideHttpClient(),
      // what breaks on purpose is no news
      { provide: ErrorHandler, useValue: { handleError: () => undefined } },
      provideHarmonia(
        withGateway({ url }),
        withToken(() => (typeof token === 'string' ? token : token())),
      ),
    ]);
    const { injector } = application;
    const connection = runInInjectionContext(injector, () => {
      if (list) injectJobs();
      ids.forEach((id) => injectJob(id));
      return injectConnection();
    });
    return new WatchingPage(injector.get(Store), connection.state, () => application.destroy());
  }

  get phase(): ConnectionState['phase'] {
    return this.connection().phase;
  }

  /** The job as it is shown; null when it is not. */
  shows(id: string): Job | null {
    return this.store.selectSignal(selectJobById(id))();
  }
}
