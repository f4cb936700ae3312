import { createHash } from 'node:crypto';
import type { ShownJob } from './contender.ts';

/** One hash of what all these jobs show, whatever their order. */
export function hashOf(jobs: readonly ShownJob[]): string {
  const lines = jobs.map(({ id, status, progress }) =>
    JSON.stringify([id, status, progress?.current, progress?.percentage, progress?.message]),
  );
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}
