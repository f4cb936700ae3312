import * as v from 'valibot';
import type { JobRecord } from './job-change.js';
import type { JobEvent } from './job-event.js';
import type { RedisDraft } from './redis-draft.js';
import { isApart, jobIn, JobSchema, lightJob } from './redis-rows.js';

/** An event that the job alone tells of is named by its kind, and any other by this. */
const EVENT = 'event';

/**
 * The events of a commit for the COMMIT script: of each the kind, and the number of the job whose new value tells all of it,
 * or JSON.
 */
export function eventFields({ events, jobs }: RedisDraft): (string | number)[] {
  const numbers = new Map([...jobs.values()].map(({ record }, index) => [record?.job, index + 1] as const));
  return events.flatMap<string | number>((event) => {
    const number = 'job' in event ? numbers.get(event.job) : undefined;
    return number !== undefined && isPlain(event) ? [event.kind, number] : [EVENT, eventText(event)];
  });
}

const isPlain = (event: JobEvent): boolean => !('reason' in event) && !('previousUserId' in event);

function eventText(event: JobEvent): string {
  if (!('job' in event)) return JSON.stringify(event);
  const job = lightJob(event.job);
  return JSON.stringify(job === event.job ? event : { ...event, job, apart: true });
}

const PlainKindSchema = v.picklist(['created', 'started', 'progress', 'completed', 'failed', 'cancelled', 'retried', 'edited']);
const job = JobSchema;
const apart = v.optional(v.boolean(), false);
const EventSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.variant('kind', [
    v.object({ kind: v.picklist(['created', 'started', 'progress', 'completed', 'failed', 'cancelled', 'retried']), job, apart }),
    v.object({ kind: v.literal('requeued'), reason: v.picklist(['interrupted', 'retrying']), job, apart }),
    v.object({ kind: v.literal('edited'), previousUserId: v.exactOptional(v.string()), job, apart }),
    v.object({ kind: v.literal('removed'), id: v.string(), userId: v.string(), version: v.number() }),
    v.object({ kind: v.literal('revoked'), userId: v.string(), jobId: v.exactOptional(v.string()) }),
  ]),
);

/** An event as it travelled. */
interface ToldEvent {
  readonly event: JobEvent;
  /** Whether the body of its job did not travel with it. */
  readonly apart: boolean;
}

/** One entry of the stream: the events of a commit, in order. */
export interface RedisEntry {
  /** The position after it. */
  readonly position: number;
  /** The position of the entry before it, though that may be gone. */
  readonly after: number;
  readonly events: readonly ToldEvent[];
}

const EntrySchema = v.tuple([v.pipe(v.string(), v.transform(Number.parseFloat)), v.array(v.string())]);

/** Reads `id, ['after', …, kind, text, …]`. */
export function entryRow(row: unknown): RedisEntry {
  const [position, [, after, ...fields]] = v.parse(EntrySchema, row);
  const events: ToldEvent[] = [];
  for (let at = 0; at < fields.length; at += 2) events.push(toldEvent(fields[at] ?? '', fields[at + 1] ?? ''));
  return { position, after: Number(after), events };
}

function toldEvent(kind: string, text: string): ToldEvent {
  if (kind !== EVENT) return { event: { kind: v.parse(PlainKindSchema, kind), job: jobIn(text) }, apart: isApart(text) };
  const event = v.parse(EventSchema, text);
  if (!('job' in event)) return { event, apart: false };
  const { apart, ...rest } = event;
  return { event: rest, apart };
}

/** The jobs whose body did not travel with them. */
export function bodiless(entry: RedisEntry): string[] {
  return entry.events.flatMap(({ event, apart }) => (apart && 'job' in event ? [event.job.id] : []));
}

/**
 * The events with the bodies that were read for them. Such a body may be newer than its event, never older; then an event
 * that tells so comes after it. Of a job that is gone by now there is none, and its removal comes after it.
 */
export function wholeEvents({ events }: RedisEntry, records: ReadonlyMap<string, JobRecord>): JobEvent[] {
  return events.map(({ event, apart }) => {
    const body = apart && 'job' in event ? records.get(event.job.id)?.job : undefined;
    return body && 'job' in event ? { ...event, job: { ...event.job, input: body.input, result: body.result } } : event;
  });
}
