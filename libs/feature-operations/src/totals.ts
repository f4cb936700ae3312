import { DecimalPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { SAMPLES_FOR_MS, type OperationsSample, type OperationsTotals } from '@harmonia/data-access/operations';
import { figureTiles } from './figure-tiles';
import { shortNode } from './short-node';
import { Sparkline } from './sparkline';

/** All nodes together, now and over the last minutes. */
@Component({
  selector: 'harmonia-totals',
  imports: [DecimalPipe, Sparkline],
  templateUrl: './totals.html',
  styleUrl: './totals.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Totals {
  readonly totals = input.required<OperationsTotals>();
  readonly samples = input.required<readonly OperationsSample[]>();
  /** Nodes whose figures are in none of these. */
  readonly missing = input.required<readonly string[]>();

  protected readonly names = computed(() => this.missing().map(shortNode).join(', '));
  protected readonly spanMs = SAMPLES_FOR_MS;
  protected readonly tiles = computed(() => figureTiles(this.totals(), this.samples()));
}
