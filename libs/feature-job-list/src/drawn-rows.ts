import { Location } from '@angular/common';
import { inject, Injectable, linkedSignal } from '@angular/core';
import * as v from 'valibot';
import { AddressFilter } from './address-filter';

/** So many rows are drawn at first, and with each wish for more: some hundred that move at once are what a page can bear. */
const PAGE = 100;

const KeptSchema = v.object({ rows: v.number() });

/** How many rows are drawn, kept with the page's entry in the history: whoever comes back to it finds it as long as it was. */
@Injectable()
export class DrawnRows {
  private readonly location = inject(Location);
  private readonly shown = inject(AddressFilter).shown;
  private readonly count = linkedSignal({ source: this.shown, computation: () => this.kept() });

  readonly most = this.count.asReadonly();

  /** What the router keeps in the entry stays: by it the page is scrolled to where it was. */
  more(): void {
    this.count.update((count) => count + PAGE);
    this.location.replaceState(this.location.path(true), '', Object.assign({}, this.location.getState(), { rows: this.count() }));
  }

  private kept(): number {
    const state = this.location.getState();
    return v.is(KeptSchema, state) ? state.rows : PAGE;
  }
}
