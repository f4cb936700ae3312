import { UploadedFileSchema, type Job, type JobProgress } from '@harmonia/contract';
import { FileSize } from '@harmonia/ui';
import * as v from 'valibot';

const sizes = new FileSize();
const InputFileSchema = v.object({ file: UploadedFileSchema });

/** How far a job is in figures, leaving out what its message says already, and all of them once it is done. */
export function progressFigures({ status, input }: Job, progress: JobProgress): string {
  if (status === 'completed') return '';
  const { current, total, percentage } = progress;
  const write = isCountOfBytes(input, total) ? (bytes: number) => sizes.transform(bytes) : (count: number) => count.toLocaleString('en');
  const message = status === 'processing' ? progress.message : '';
  if (total === null) return current === 0 || says(message, [current]) ? '' : write(current);
  const isSaid = total === 100 || says(message, [current, total]);
  return isSaid ? `${percentage} %` : `${write(current)} of ${write(total)} · ${percentage} %`;
}

/** A job that reads its file counts bytes: its total is the file's size. */
function isCountOfBytes(input: unknown, total: number | null): boolean {
  return v.is(InputFileSchema, input) && input.file.bytes === total;
}

function says(message: string, figures: readonly number[]): boolean {
  const written: readonly string[] = message.replace(/(\d)[,\u2009\u202f\u00a0](?=\d{3})/g, '$1').match(/\d+(\.\d+)?/g) ?? [];
  return figures.every((figure) => written.includes(String(figure)));
}
