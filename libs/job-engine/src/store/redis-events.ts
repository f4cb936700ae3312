import * as v from 'valibot';
import type { JobRecord } from './job-change.js';
import type { JobEvent } from './job-event.js';
import { StateEntries, toJson } from './redis-rows.js';

/** Input and result up to so many characters of JSON travel with every event; longer ones are read by whoever follows. */
const MOST_BODY = 512;

/** The events of a commit as its stream entry holds them. */
export function eventsText(events: readonly JobEvent[]): string {
  return `[${events.map(eventText).join()}]`;
}

function eventText(event: JobEvent): string {
  if (!('job' in event)) return JSON.stringify(event);
  const { input, result, ...state } = event.job;
  const body = `{"input":${toJson(input)},"result":${toJson(result)}}`;
  const light = JSON.stringify({ ...event, job: state });
  return body.length > MOST_BODY ? light : `${light.slice(0, -1)},"body":${body}}`;
}

const state = v.object(StateEntries);
const body = v.exactOptional(v.object({ input: v.unknown(), result: v.unknown() }));

const JobBearingSchema = v.variant('kind', [
  v.object({ kind: v.picklist(['created', 'started', 'progress', 'completed', 'failed', 'cancelled', 'retried']), job: state, body }),
  v.object({ kind: v.literal('requeued'), reason: v.picklist(['interrupted', 'retrying']), job: state, body }),
  v.object({ kind: v.literal('edited'), previousUserId: v.exactOptional(v.string()), job: state, body }),
]);
const JobLessSchema = v.variant('kind', [
  v.object({ kind: v.literal('removed'), id: v.string(), userId: v.string(), version: v.number() }),
  v.object({ kind: v.literal('revoked'), userId: v.string(), jobId: v.exactOptional(v.string()) }),
]);
const EventsSchema = v.pipe(v.string(), v.parseJson(), v.array(v.variant('kind', [JobBearingSchema, JobLessSchema])));

const EntrySchema = v.tuple([
  v.pipe(v.string(), v.transform(Number.parseFloat)),
  v.tuple([v.literal('after'), v.pipe(v.string(), v.transform(Number)), v.literal('events'), EventsSchema]),
]);

/** One entry of the stream: the events of a commit, in order. Some jobs may lack their body. */
export interface RedisEntry {
  /** The position after it. */
  readonly position: number;
  /** The position of the entry before it, though that may be gone. */
  readonly after: number;
  readonly events: readonly v.InferOutput<typeof EventsSchema>[number][];
}

/** Reads `id, ['after', …, 'events', …]`. */
export function entryRow(row: unknown): RedisEntry {
  const [position, [, after, , events]] = v.parse(EntrySchema, row);
  return { position, after, events };
}

/** The jobs whose body did not travel with them. */
export function bodiless(entry: RedisEntry): string[] {
  return entry.events.flatMap((event) => ('job' in event && !event.body ? [event.job.id] : []));
}

/**
 * The events with the bodies that were read for them. Such a body may be newer than its event, never older; then an event
 * that tells so comes after it. Of a job that is gone by now there is none, and its removal comes after it.
 */
export function wholeEvents({ events }: RedisEntry, records: ReadonlyMap<string, JobRecord>): JobEvent[] {
  return events.map((event) => {
    if (!('job' in event)) return event;
    const { body: carried, ...rest } = event;
    const { input, result } = carried ?? records.get(event.job.id)?.job ?? { input: null, result: null };
    return { ...rest, job: { ...event.job, input, result } };
  });
}
