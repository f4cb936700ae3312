import type { Job } from '@harmonia/contract';
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
  const lines = Buffer.isBuffer(payload.jobs) ? inflateRawSync(payload.jobs).toString() : String(payload.jobs);
  return lines.split('\n').map(framed);
}

interface Payload extends Partial<JobNews> {
  readonly job?: Partial<JobNews>;
  readonly jobs?: unknown;
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

const STATUSES: Readonly<Record<string, Job['status']>> = { q: 'queued', p: 'processing', c: 'completed', f: 'failed', x: 'cancelled' };

/** A line of a frame, by the words of SPEC.md [E4]; the messages of the stream need no unescaping. */
function framed(line: string): JobNews {
  const [id = '', version, letter = '', attempt, , , current, total, percentage, ...message] = line.split(' ');
  const amounts = { current: Number(current), total: total === '-' ? null : Number(total), percentage: Number(percentage) };
  const progress = current === undefined ? null : { ...amounts, message: message.join(' ') };
  return { id, version: Number(version), attempt: Number(attempt), isEnd: false, status: STATUSES[letter] ?? 'queued', progress };
}
