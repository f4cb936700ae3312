import { Pipe, type PipeTransform } from '@angular/core';

/**
 * Milliseconds as people read them; a dash where nothing is known.
 *
 * @example {{ 5120 | lag }} // 5.1 s
 */
@Pipe({ name: 'lag' })
export class Lag implements PipeTransform {
  transform(milliseconds: number | null | undefined): string {
    if (milliseconds == null) return '–';
    if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
    return `${(milliseconds / 1000).toLocaleString('en', { maximumFractionDigits: 1 })} s`;
  }
}
