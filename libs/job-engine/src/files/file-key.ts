import { MAX_FILE_NAME_BYTES } from './file-name.js';

const SEGMENT = /^[^./\\:\p{C}][^/\\:\p{C}]*$/u;

/**
 * Whether a text may name a file in a store: two or more segments joined by "/", none of which begins with a dot, holds
 * what a file system takes as a separator, or is longer than 200 bytes. So no key leads out of the store.
 *
 * @example isFileKey('uploads/../secrets'); // false
 */
export function isFileKey(key: string): boolean {
  const segments = key.split('/');
  return segments.length >= 2 && segments.every((segment) => SEGMENT.test(segment) && Buffer.byteLength(segment) <= MAX_FILE_NAME_BYTES);
}

/**
 * The key of the file that was uploaded for a job.
 *
 * @example uploadKey('job-1'); // 'uploads/job-1'
 */
export function uploadKey(jobId: string): string {
  return `uploads/${jobId}`;
}

/**
 * The key of everything that a job, or one of its attempts, has as result.
 *
 * @example resultPrefix('job-1', 2); // 'results/job-1/2'
 */
export function resultPrefix(jobId: string, attempt?: number): string {
  return attempt === undefined ? `results/${jobId}` : `results/${jobId}/${attempt}`;
}

/** Whether a key is of a job's upload or result, and not of something that a host keeps beside them. */
export function isOfJobs(key: string): boolean {
  return key.startsWith('uploads/') || key.startsWith('results/');
}
