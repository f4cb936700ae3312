import { Location } from '@angular/common';
import { inject, Injectable, linkedSignal } from '@angular/core';
import * as v from 'valibot';
import { AddressFilter } from './address-filter';

/** So many rows are drawn at first, and with each wish for more: some hundred that move at once are what a page can bear. */
const PAGE = 100;

const HistoryStateSchema = v.looseObject({ rows: v.optional(v.number(), PAGE) });

/** How many rows are drawn, kept with the page's entry in the history: whoever comes back to it finds it as long as it was. */
@Injectable()
export class DrawnRows {
  private readonly location = inject(Location);
  private readonly shown = inject(AddressFilter).shown;
  private readonly count = linkedSignal({ source: this.shown, computation: () => this.entry().rows });

  readonly most = this.count.asReadonly();

  more(): void {
    this.count.update((count) => count + PAGE);
    this.location.replaceState(this.location.path(true), '', { ...this.entry(), rows: this.count() });
  }

  /** What the history keeps of this page, the router's own part included. */
  private entry(): v.InferOutput<typeof HistoryStateSchema> {
    const state = v.safeParse(HistoryStateSchema, this.location.getState());
    return state.success ? state.output : { rows: PAGE };
  }
}
