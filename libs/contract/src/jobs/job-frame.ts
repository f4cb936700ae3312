import * as v from 'valibot';
import { BytesSchema } from '../connection/bytes.js';
import { EpochSchema } from '../connection/session.js';
import type { JobStatus } from './job-status.js';
import type { JobState } from './job.js';

/**
 * `jobs:frame` [E4]: the newest light state of each job that changed since the frame before, for clients that speak the
 * protocol. `at` is the server's time in milliseconds since 1970, to which the times in the lines are told. `jobs` is a text
 * of one line a job, so that the server encodes a job once for whoever sees it: {@link framedLine} writes a line,
 * {@link framedJobs} reads them all. To clients that said `inflate` in their handshake the text may come as the bytes of its
 * UTF-8, deflated without a header (RFC 1951).
 */
export const JobsFrameSchema = v.object({
  epoch: EpochSchema,
  at: v.pipe(v.number(), v.safeInteger()),
  jobs: v.union([v.string(), BytesSchema]),
});

/** See {@link JobsFrameSchema}. */
export type JobsFrame = v.InferOutput<typeof JobsFrameSchema>;

/**
 * What a frame says of a job: the light state without owner, type and time of creation. Those change by single events only,
 * so whoever lacks them asks for the job by `jobs:sync` [S5].
 */
export type FramedJob = Readonly<Omit<JobState, 'userId' | 'jobType' | 'createdAt'>>;

const LETTERS: Readonly<Record<JobStatus, string>> = { queued: 'q', processing: 'p', completed: 'c', failed: 'f', cancelled: 'x' };
const STATUSES = new Map<string | undefined, JobStatus>([
  ['q', 'queued'],
  ['p', 'processing'],
  ['c', 'completed'],
  ['f', 'failed'],
  ['x', 'cancelled'],
]);

/** The years that an ISO timestamp writes in four digits, in milliseconds since 1970. */
const [FIRST_MS, LAST_MS] = [Date.parse('0000-01-01T00:00:00.000Z'), Date.parse('9999-12-31T23:59:59.999Z')];

/**
 * The line of one job in a frame that is told at this time, in milliseconds since 1970.
 *
 * @example { epoch, at, jobs: changed.map((job) => framedLine(job, at)).join('\n') }
 */
export function framedLine({ id, version, status, attempt, bodyVersion, updatedAt, progress }: FramedJob, at: number): string {
  const line = `${id} ${version} ${LETTERS[status]} ${attempt} ${bodyVersion} ${at - Date.parse(updatedAt)}`;
  if (!progress) return line;
  const { current, total, percentage, message } = progress;
  const amounts = `${line} ${current} ${total ?? '-'} ${percentage}`;
  return message === '' ? amounts : `${amounts} ${escaped(message)}`;
}

/**
 * Reads the lines of a frame. It checks by hand, since thousands of lines a second arrive; one line that is not in order
 * refuses the whole frame, of which nothing can be trusted then.
 *
 * @returns null when the frame is not in order.
 * @example framedJobs('job-1 7 p 1 1 40 3 12 25 Page 3', at)?.[0]?.progress?.percentage; // 25
 */
export function framedJobs(lines: string, at: number): readonly FramedJob[] | null {
  const jobs: FramedJob[] = [];
  for (const line of lines.split('\n')) {
    const job = framedJob(line, at);
    if (!job) return null;
    jobs.push(job);
  }
  return jobs;
}

const COUNTER = '([1-9]\\d{0,15})';
const AMOUNT = '(\\d[\\d.e+-]{0,30})';
const LINE = new RegExp(
  `^([A-Za-z0-9][A-Za-z0-9_.-]{0,127}) ${COUNTER} ([qpcfx]) ${COUNTER} ${COUNTER} (-?\\d{1,15})(?: ${AMOUNT} (?:-|${AMOUNT}) (\\d{1,3})(?: (.+))?)?$`,
  's',
);

function framedJob(line: string, at: number): FramedJob | null {
  const found = LINE.exec(line);
  const status = STATUSES.get(found?.[3]);
  const id = found?.[1];
  if (!found || !status || id === undefined || id in Object.prototype) return null;
  const [version, attempt, bodyVersion] = [Number(found[2]), Number(found[4]), Number(found[5])];
  const changedAt = at - Number(found[6]);
  const progress = progressOf(found[7], found[8], found[9], found[10] ?? '');
  const areSafe = Number.isSafeInteger(version) && Number.isSafeInteger(attempt) && Number.isSafeInteger(bodyVersion);
  if (!areSafe || !(changedAt >= FIRST_MS && changedAt <= LAST_MS) || progress === undefined) return null;
  return { id, status, progress, attempt, version, bodyVersion, updatedAt: new Date(changedAt).toISOString() };
}

type Part = string | undefined;

/** Null when there is none yet, undefined when it is not in order. */
function progressOf(currentPart: Part, totalPart: Part, percentPart: Part, text: string): FramedJob['progress'] | undefined {
  if (currentPart === undefined) return null;
  const current = Number(currentPart);
  const total = totalPart === undefined ? null : Number(totalPart);
  const percentage = Number(percentPart);
  const message = unescaped(text);
  if (!isAmount(current) || (total !== null && !isAmount(total)) || percentage > 100 || message === null) return undefined;
  return { current, total, percentage, message };
}

const isAmount = (amount: number): boolean => amount >= 0 && amount <= Number.MAX_SAFE_INTEGER;

/** A message is the rest of its line, so a line break in it is written as `\n` and a backslash as `\\`. */
const escaped = (message: string): string => message.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

function unescaped(text: string): string | null {
  if (!text.includes('\\')) return text;
  return /^(?:[^\\]|\\[\\n])*$/.test(text) ? text.replace(/\\([\\n])/g, (_, sign) => (sign === 'n' ? '\n' : '\\')) : null;
}
