import { framedJobs, type Job } from '@harmonia/contract';
import { inflateRawSync } from 'node:zlib';
import { shown } from '../node/truth.ts';
import { argumentsIn, type RawEvent } from './client.ts';

/** What an event says of a job, as far as the bench looks. */
export interface JobNews {
  readonly id: string;
  /** Null where the server counts no versions. */
  readonly version: number | null;
  readonly attempt: number | null;
  /** Undefined where the event says nothing of it. */
  readonly status?: Job['status'];
  readonly progress?: Job['progress'];
  /** An attempt ended, and this event is the one that says so. */
  readonly isEnd: boolean;
}

/** What a viewer shows of a job. */
export interface View {
  readonly version: number | null;
  readonly status: Job['status'];
  readonly progress: Job['progress'];
}

/** What news make of a view: a higher version replaces it [C1]; where there are none, what comes later does. */
export function merged(view: View | undefined, { version, status, progress }: JobNews): View {
  if (view && version !== null && view.version !== null && version <= view.version) return view;
  const { status: statusBefore = 'processing', progress: progressBefore = null } = view ?? {};
  return { version, status: status ?? statusBefore, progress: progress === undefined ? progressBefore : progress };
}

/** The view in one line, to be compared with the truth. */
export const viewed = ({ status, progress }: View): string => shown(status, progress);

/** Reads an event of any of the servers. */
export function newsIn({ name, text, attachments }: RawEvent): readonly JobNews[] {
  // what the servers under test send is trusted here: a wrong word shows in the final state
  const payload = argumentsIn(text, attachments)[1] as Payload;
  if (name !== 'jobs:frame') return name.startsWith('job:') ? [single(name, payload)] : [];
  const { at = NaN, deflated } = payload;
  const lines = deflated === undefined ? payload.jobs : inflateRawSync(Buffer.from(deflated, 'base64')).toString();
  const jobs = framedJobs(String(lines), at);
  if (!jobs) throw new Error('A frame is not in order.');
  return jobs.map((job) => ({ ...job, isEnd: false }));
}

interface Payload extends Partial<JobNews> {
  readonly job?: Partial<JobNews>;
  readonly at?: number;
  readonly jobs?: unknown;
  readonly deflated?: string;
}

function single(name: string, payload: Payload): JobNews {
  const { id = '', version = null, attempt = null, status, progress } = payload.job ?? payload;
  const said = status ?? (name === 'job:failed' ? 'failed' : undefined);
  return {
    id,
    version,
    attempt,
    isEnd: said === 'failed' || said === 'cancelled',
    ...(said && { status: said }),
    ...(progress !== undefined && { progress }),
  };
}
