import * as v from 'valibot';
import { EpochSchema } from '../connection/session.js';
import type { JobStatus } from './job-status.js';
import type { JobState } from './job.js';
import { FrameReader } from './frame-reader.js';
import { percentageOf } from './percentage.js';
import { shortId } from './short-id.js';

/**
 * `jobs:frame` [E4]: the newest light state of each job that changed since the frame before, for clients that speak the
 * protocol. `at` is the server's time in milliseconds since 1970, to which the times in the lines are told. `jobs` is a text
 * of one line a job, so that the server encodes a job once for whoever sees it: {@link framedLine} writes a line,
 * {@link framedJobs} reads them all. To clients that said `inflate` in their handshake `deflated` may come in its place: the
 * UTF-8 of the text, deflated without a header (RFC 1951), in base64.
 */
export const JobsFrameSchema = v.object({
  epoch: EpochSchema,
  at: v.pipe(v.number(), v.safeInteger()),
  jobs: v.optional(v.string()),
  deflated: v.optional(v.string()),
});

/** See {@link JobsFrameSchema}. */
export type JobsFrame = v.InferOutput<typeof JobsFrameSchema>;

/**
 * What a frame says of a job: the light state without owner, type and time of creation. Those change by single events only,
 * so whoever lacks them asks for the job by `jobs:sync` [S5].
 */
export type FramedJob = Readonly<Omit<JobState, 'userId' | 'jobType' | 'createdAt'>>;

const LETTERS: Readonly<Record<JobStatus, string>> = { queued: 'q', processing: 'p', completed: 'c', failed: 'f', cancelled: 'x' };

/**
 * The line of one job in a frame that is told at this time, in milliseconds since 1970.
 *
 * @example { epoch, at, jobs: changed.map((job) => framedLine(job, at)).join('\n') }
 */
export function framedLine({ id, version, status, attempt, bodyVersion, updatedAt, progress }: FramedJob, at: number): string {
  const turn = (attempt === 1 ? '' : attempt) + (bodyVersion === 1 ? '' : `.${bodyVersion}`);
  const words = [shortId(id), version, LETTERS[status] + turn, at - Date.parse(updatedAt)];
  if (progress) words.push(...wordsOf(progress));
  // and not in pieces that every frame with this line would have to put together again
  return words.join(' ');
}

function wordsOf({ current, total, percentage, message }: NonNullable<FramedJob['progress']>): readonly string[] {
  const done = total === null ? `${current}` : `${current}/${total}`;
  const told = percentage === percentageOf(current, total) ? done : `${done}%${percentage}`;
  return message === '' ? [told] : [told, escaped(message)];
}

/** A message is the rest of its line, so a line break in it is written as `\n` and a backslash as `\\`. */
const escaped = (message: string): string => (/[\\\n]/.test(message) ? message.replaceAll('\\', '\\\\').replaceAll('\n', '\\n') : message);

/**
 * Reads the lines of a frame. It checks by hand, since thousands of lines a second arrive; one line that is not in order
 * refuses the whole frame, of which nothing can be trusted then.
 *
 * @returns null when the frame is not in order.
 * @example framedJobs('job-1 7 p 40 3/12 Page 3', at)?.[0]?.progress?.percentage; // 25
 */
export const framedJobs = (lines: string, at: number): readonly FramedJob[] | null => new FrameReader(lines, at).jobs();
