import {
  framedJobs,
  JOB_EVENT_SCHEMAS,
  JobsFrameSchema,
  RefusalError,
  type JobBody,
  type JobEventName,
  type JobEventPayload,
  type JobState,
} from '@harmonia/contract';
import { inflated } from '../connection/inflated';
import { understood } from '../connection/understood';
import type { JobNews, WireFrame } from './job-frame';
import { receivedJob, type ReceivedBody } from './received-job';

/** The names of the events that tell of jobs [E1]. */
export const JOB_EVENT_NAMES = [
  'job:created',
  'job:status',
  'job:progress',
  'job:completed',
  'job:failed',
  'job:removed',
] as const satisfies JobEventName[];

/**
 * Reads a job event as it comes off the wire.
 *
 * @throws RefusalError `internal-error` when it is not what the contract says
 */
export function newsOf(name: JobEventName, payload: unknown): JobNews {
  const event: JobEventPayload = understood(JOB_EVENT_SCHEMAS[name], payload);
  if ('job' in event) return { epoch: event.epoch, jobs: [receivedJob(event.job)], removed: [] };
  if ('status' in event) return { epoch: event.epoch, jobs: [{ state: stateOf(event), body: bodyOf(event) }], removed: [] };
  return { epoch: event.epoch, jobs: [], removed: [{ id: event.id, version: event.version }] };
}

/**
 * Reads a frame as it comes off the wire; one that came deflated takes a moment, after which newer news may be here [C1].
 *
 * @throws RefusalError `internal-error`, or rejects, when any of it is not what the contract says
 */
export function frameOf(payload: unknown): WireFrame | Promise<WireFrame> {
  const { epoch, at, jobs = '', deflated } = understood(JobsFrameSchema, payload);
  return deflated === undefined ? frameOfLines(epoch, at, jobs) : inflated(deflated).then((lines) => frameOfLines(epoch, at, lines));
}

/**
 * Reads the lines of a frame.
 *
 * @throws RefusalError `internal-error` when any of them is not what the contract says
 */
export function frameOfLines(epoch: string, at: number, lines: string): WireFrame {
  const jobs = framedJobs(lines, at);
  if (!jobs) throw new RefusalError('internal-error', 'The gateway sent a line that this client does not understand.');
  return { epoch, jobs };
}

function stateOf({ id, userId, jobType, status, progress, attempt, version, bodyVersion, createdAt, updatedAt }: JobState): JobState {
  return { id, userId, jobType, status, progress, attempt, version, bodyVersion, createdAt, updatedAt };
}

/** The body travels with the change that altered it [E1]. */
function bodyOf({ bodyVersion, title, tags, input, result }: Partial<JobBody> & Pick<JobState, 'bodyVersion'>): ReceivedBody | null {
  return title === undefined || tags === undefined ? null : { bodyVersion, title, tags, input: input ?? null, result: result ?? null };
}
