import { RefusalError, type Job } from '@harmonia/contract';
import * as v from 'valibot';
import type { JobFilter, JobListing } from './job-store.js';
import type { RedisPartition } from './redis-partition.js';
import { recordRow } from './redis-rows.js';
import { LIST } from './redis-read-scripts.js';

/** How many jobs are looked at with one question. */
const MOST_ROWS = 500;

interface Row {
  readonly partition: number;
  readonly place: number;
  readonly job: Job;
}

/**
 * One page of a list, newest created first. A page goes on by the places of the last jobs, one for each partition, so that
 * what comes and goes meanwhile moves nothing. A filter is kept while walking along the scope: what few jobs match costs as
 * much as the jobs that were looked at.
 */
export async function listJobs(partitions: readonly RedisPartition[], filter: JobFilter): Promise<Omit<JobListing, 'epoch'>> {
  const places = filter.page === undefined ? partitions.map(() => Infinity) : placesOf(filter.page, partitions.length);
  const found = await Promise.all(partitions.map((one, index) => rowsOf(one, index, places[index] ?? 0, filter)));
  const page = newestOf(found, filter.limit);
  for (const { partition, place } of page) places[partition] = place;
  const count = found.reduce((sum, rows) => sum + rows.length, 0);
  return { jobs: page.map(({ job }) => job), nextPage: count > page.length ? places.map(placeText).join('.') : null };
}

/**
 * Of several lists in order, the one whose turn it is gives its next. Places of different partitions cannot be compared; times can,
 * but clocks differ: within a partition they decide nothing, or a page would go on beyond jobs that it has not shown.
 */
function newestOf(lists: readonly (readonly Row[])[], most: number): Row[] {
  const left = lists.map((list) => [...list].reverse());
  const newest: Row[] = [];
  while (newest.length < most) {
    const heads = left.filter((list) => list.length > 0);
    const next = heads.reduce<Row[] | undefined>((best, list) => (best && timeOf(best) >= timeOf(list) ? best : list), undefined)?.pop();
    if (!next) break;
    newest.push(next);
  }
  return newest;
}

const timeOf = (list: readonly Row[]): number => Date.parse(list.at(-1)?.job.createdAt ?? '');

async function rowsOf({ run, keys }: RedisPartition, partition: number, before: number, filter: JobFilter): Promise<Row[]> {
  const matches = matcherOf(filter);
  const found: Row[] = [];
  for (let place = before; found.length <= filter.limit;) {
    const most = Math.min(MOST_ROWS, Math.max(50, filter.limit + 1));
    const answer = await run(LIST, [keys.created(filter.scope), keys.revisions], [placeBefore(place), most, keys.job]);
    const rows = v.parse(RowsSchema, answer).map(([at, row]): Row => ({ partition, place: at, job: recordRow(row).job }));
    found.push(...rows.filter(({ job }) => matches(job)));
    place = rows.at(-1)?.place ?? 0;
    if (rows.length < most) break;
  }
  return found.slice(0, filter.limit + 1);
}

const RowsSchema = v.array(v.tuple([v.pipe(v.string(), v.transform(Number)), v.unknown()]));

function matcherOf({ status, type, tag, text }: JobFilter): (job: Job) => boolean {
  const wanted = text?.toLowerCase();
  return (job) =>
    (status?.includes(job.status) ?? true) &&
    (type === undefined || job.jobType === type) &&
    (tag === undefined || job.tags.includes(tag)) &&
    (wanted === undefined || `${job.id}\n${job.title ?? ''}`.toLowerCase().includes(wanted));
}

const placeBefore = (place: number): string => (place === Infinity ? '+inf' : `(${place}`);

/** A partition of which no page has shown anything yet has no place. */
const placeText = (place: number): string => (place === Infinity ? '-' : String(place));

function placesOf(page: string, partitions: number): number[] {
  const places = page.length <= 600 ? page.split('.') : [];
  const isPage = places.length === partitions && places.every((place) => place === '-' || /^[1-9][0-9]{0,14}$/.test(place));
  if (!isPage) throw new RefusalError('page-invalid');
  return places.map((place) => (place === '-' ? Infinity : Number(place)));
}
