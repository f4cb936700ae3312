import { isTerminal, jobFailure, type Job, type JobEventName, type JobEventPayload, type JobsFrame } from '@harmonia/contract';
import type { JobEvent } from '@harmonia/job-engine';

/** One event of a job as clients hear it [E1]. */
export type WireEvent = { [Name in JobEventName]: { readonly name: Name; readonly payload: JobEventPayload<Name> } }[JobEventName];

/** The newest state of several jobs, as clients that know frames hear it [E4]. */
export interface FrameEvent {
  readonly name: 'jobs:frame';
  readonly payload: JobsFrame;
}

/** An event that tells of one job, unlike the announcement `revoked`. */
export type EventOfJob = Exclude<JobEvent, { kind: 'revoked' }>;

/**
 * What clients hear of a change [E1]: one event per version, but for a start that brings progress with it. A plain client
 * reads the status in one event and the progress in the other.
 */
export function wireEventsOf(event: EventOfJob, epoch: string): readonly WireEvent[] {
  const wire = wireEventOf(event, epoch);
  if (event.kind !== 'started' || !event.job.progress) return [wire];
  return [wire, { name: 'job:progress', payload: lightState(event.job, epoch) }];
}

function wireEventOf(event: EventOfJob, epoch: string): WireEvent {
  switch (event.kind) {
    case 'created':
      return { name: 'job:created', payload: { epoch, job: event.job } };
    case 'progress':
      return { name: 'job:progress', payload: lightState(event.job, epoch) };
    case 'completed':
      return { name: 'job:completed', payload: { epoch, job: event.job } };
    case 'failed':
      return failedEvent(event.job, epoch);
    case 'removed':
      return { name: 'job:removed', payload: { epoch, id: event.id, version: event.version } };
    case 'requeued':
      return { name: 'job:status', payload: { ...lightState(event.job, epoch), reason: event.reason } };
    case 'edited':
      return { name: 'job:status', payload: editedState(event, epoch) };
    case 'started':
    case 'cancelled':
    case 'retried':
      return { name: 'job:status', payload: lightState(event.job, epoch) };
  }
}

/** The current state of a job as the events that led a plain client there [E3]. */
export function stateEvents(job: Job, epoch: string): readonly WireEvent[] {
  if (job.status === 'completed') return [{ name: 'job:completed', payload: { epoch, job } }];
  if (job.status === 'failed') return [failedEvent(job, epoch)];
  const payload = lightState(job, epoch);
  const status: WireEvent = { name: 'job:status', payload };
  return job.progress ? [status, { name: 'job:progress', payload }] : [status];
}

/** All of a job, for a socket that may see it only now. */
export function arrivalEvents(job: Job, epoch: string, isPlain: boolean): readonly WireEvent[] {
  if (job.createdAt === job.updatedAt) return [{ name: 'job:created', payload: { epoch, job } }];
  if (isPlain || isTerminal(job.status)) return stateEvents(job, epoch);
  return [{ name: 'job:status', payload: { epoch, ...job } }];
}

/**
 * An end in few words, without the body, for whoever hears of it after another attempt has begun [L2]: null when no attempt
 * can follow, undefined when this is no end.
 */
export function endedLightly(event: EventOfJob, epoch: string): WireEvent | null | undefined {
  if (event.kind === 'completed') return null;
  if (event.kind !== 'failed' && event.kind !== 'cancelled') return undefined;
  const { state } = partsOf(event.job);
  if (event.kind === 'cancelled') return { name: 'job:status', payload: { epoch, ...state } };
  return { name: 'job:failed', payload: { epoch, ...state, ...failureOf(event.job) } };
}

/** An event whose news no later event of the job repeats: it is never left out in favour of a newer one [E4]. */
export const isSingle = ({ kind }: EventOfJob): boolean =>
  kind === 'created' || kind === 'completed' || kind === 'failed' || kind === 'cancelled' || kind === 'removed';

/** An event for which the newest light state stands in a frame [E4]: it neither begins nor ends a job, nor changes its body. */
export const isFramed = (event: EventOfJob): event is Extract<EventOfJob, { job: Job }> =>
  FRAMED.has(event.kind) && event.kind !== 'removed' && event.job.version !== event.job.bodyVersion;

const FRAMED: ReadonlySet<EventOfJob['kind']> = new Set(['started', 'progress', 'requeued', 'retried']);

function failedEvent(job: Job, epoch: string): WireEvent {
  return { name: 'job:failed', payload: { ...lightState(job, epoch), ...failureOf(job) } };
}

const failureOf = (job: Job) => {
  const { error, code } = jobFailure(job) ?? { error: 'The job failed.', code: 'failed' };
  return { error, code };
};

/** A new owner hears of the job for the first time, and so gets the body whether it changed or not. */
function editedState({ job, previousUserId }: Extract<EventOfJob, { kind: 'edited' }>, epoch: string): JobEventPayload<'job:status'> {
  return previousUserId === undefined ? lightState(job, epoch) : { epoch, ...job };
}

/** The light state, and the body when this very change altered it. */
function lightState(job: Job, epoch: string): JobEventPayload<'job:status'> {
  const { state, body } = partsOf(job);
  return { epoch, ...state, ...(job.version === job.bodyVersion && body) };
}

const partsOf = ({ title, tags, input, result, ...state }: Job) => ({ state, body: { title, tags, input, result } });
