import { Pipe, type PipeTransform } from '@angular/core';

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/**
 * Bytes as people read them, in steps of 1,000.
 *
 * @example {{ 1536000 | fileSize }} // 1.5 MB
 */
@Pipe({ name: 'fileSize' })
export class FileSize implements PipeTransform {
  transform(bytes: number): string {
    const step = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
    const amount = bytes / 1000 ** step;
    return `${amount.toLocaleString('en', { maximumFractionDigits: step === 0 ? 0 : 1 })} ${UNITS[step] ?? ''}`;
  }
}
