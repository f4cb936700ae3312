import { RefusalError } from '@harmonia/contract';
import type { SQLInputValue } from 'node:sqlite';
import type { JobFilter, JobListing } from './job-store.js';
import type { SqliteDatabase } from './sqlite-database.js';
import { JOBS, jobRow } from './sqlite-rows.js';

/** One page of a list. Pages go on by the place of the last job, so that what comes and goes meanwhile moves nothing. */
export function listJobs(database: SqliteDatabase, filter: JobFilter): Omit<JobListing, 'epoch'> {
  const { conditions, values } = conditionsOf(filter);
  const sql = `${JOBS}${conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''} ORDER BY created DESC LIMIT :limit`;
  const rows = database.all(sql, { ...values, limit: filter.limit + 1 }).map(jobRow);
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  return { jobs: page.map(({ record }) => record.job), nextPage: rows.length > page.length && last ? String(last.created) : null };
}

function conditionsOf({ scope, status, type, tag, text, page }: JobFilter) {
  const conditions: string[] = [];
  const values: Record<string, SQLInputValue> = {};
  const add = (condition: string, name: string, value: SQLInputValue) => {
    conditions.push(condition);
    values[name] = value;
  };
  if (scope !== 'all') add('user_id = :userId', 'userId', scope.userId);
  // several statuses are picked while walking (hence the +): their index would have to be sorted
  if (status?.length === 1 && status[0] !== undefined) add('status = :status', 'status', status[0]);
  else if (status) add('+status IN (SELECT value FROM json_each(:statuses))', 'statuses', JSON.stringify(status));
  if (type !== undefined) add('job_type = :type', 'type', type);
  if (tag !== undefined) add('created IN (SELECT job FROM job_tags WHERE tag = :tag)', 'tag', tag);
  if (text !== undefined) add('instr(search, :text) > 0', 'text', text.toLowerCase());
  if (page !== undefined) add('created < :before', 'before', placeOf(page));
  return { conditions, values };
}

function placeOf(page: string): number {
  if (!/^[1-9][0-9]{0,14}$/.test(page)) throw new RefusalError('page-invalid');
  return Number(page);
}
