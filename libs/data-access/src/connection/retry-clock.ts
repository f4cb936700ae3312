import { isPlatformBrowser } from '@angular/common';
import { computed, effect, inject, Injectable, PLATFORM_ID, signal } from '@angular/core';
import { Store } from '@ngrx/store';
import { selectConnection } from '../harmonia.feature';

/** Counts down to the next try: one clock for all views, which runs only while a connection is lost. */
@Injectable()
export class RetryClock {
  private readonly connection = inject(Store).selectSignal(selectConnection);
  private readonly lost = computed(() => {
    const state = this.connection();
    return state.phase === 'lost' ? state : null;
  });
  private readonly now = signal(0);

  /** Whole seconds until the next try; null while none is waited for. */
  readonly seconds = computed(() => {
    const lost = this.lost();
    return lost && Math.max(0, Math.ceil((lost.retryAt - Math.max(lost.since, this.now())) / 1000));
  });

  constructor() {
    if (!isPlatformBrowser(inject(PLATFORM_ID))) return;
    effect((ended) => {
      if (!this.lost()) return;
      const ticking = setInterval(() => this.now.set(Date.now()), 1000);
      ended(() => clearInterval(ticking));
    });
  }
}
