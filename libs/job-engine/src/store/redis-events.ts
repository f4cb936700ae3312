import * as v from 'valibot';
import type { JobEvent } from './job-event.js';
import { stepOf, type RedisDraft } from './redis-draft.js';
import { isApart, jobIn, JobSchema, lightJob } from './redis-rows.js';
import { stepsIn, type JobStep } from './redis-steps.js';

/** How the kind of an event begins, so that it is no job's id, by which a step is named. */
const KIND = '!';
/** An event that the job alone tells of is named by its kind, and any other by this. */
const EVENT = `${KIND}event`;

/**
 * The events of a commit for the COMMIT script: of each the kind, '' for a step, and the number of the job whose new value
 * tells all of it, or JSON.
 */
export function eventFields({ events, jobs }: RedisDraft): (string | number)[] {
  const told = new Map([...jobs.values()].map((job, index) => [job.record?.job, { job, number: index + 1 }] as const));
  return events.flatMap<string | number>((event) => {
    const by = 'job' in event ? told.get(event.job) : undefined;
    if (!by || !isPlain(event)) return [EVENT, eventText(event)];
    return [stepOf(by.job) === undefined ? KIND + event.kind : '', by.number];
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

/** An event as it travelled: whole but for the body of its job, which may be apart, or as a step of progress. */
export type ToldEvent = { readonly event: JobEvent; readonly apart: boolean } | { readonly id: string; readonly step: JobStep };

/** One entry of the stream: the events of a commit, in order. */
export interface RedisEntry {
  /** The position after it. */
  readonly position: number;
  /** The position of the entry before it, though that may be gone. */
  readonly after: number;
  readonly events: readonly ToldEvent[];
}

const EntrySchema = v.tuple([v.pipe(v.string(), v.transform(Number.parseFloat)), v.array(v.string())]);

/** Reads `id, ['after', …, kind or job, text, …]`. */
export function entryRow(row: unknown): RedisEntry {
  const [position, [, after, ...fields]] = v.parse(EntrySchema, row);
  const events: ToldEvent[] = [];
  for (let at = 0; at < fields.length; at += 2) events.push(...toldEvents(fields[at] ?? '', fields[at + 1] ?? ''));
  return { position, after: Number(after), events };
}

function toldEvents(name: string, text: string): ToldEvent[] {
  return name.startsWith(KIND) ? [toldEvent(name, text)] : toldSteps(name.split(' '), stepsIn(text));
}

function toldSteps(ids: readonly string[], steps: readonly JobStep[]): ToldEvent[] {
  if (ids.length !== steps.length) throw new Error(`An entry tells ${steps.length} steps of ${ids.length} jobs.`);
  return steps.map((step, index) => ({ id: ids[index] ?? '', step }));
}

function toldEvent(name: string, text: string): ToldEvent {
  if (name !== EVENT) {
    const kind = v.parse(PlainKindSchema, name.slice(KIND.length));
    return { event: { kind, job: jobIn(text) }, apart: isApart(text) };
  }
  const event = v.parse(EventSchema, text);
  if (!('job' in event)) return { event, apart: false };
  const { apart, ...rest } = event;
  return { event: rest, apart };
}
