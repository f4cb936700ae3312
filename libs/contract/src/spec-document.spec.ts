import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditEntrySchema, AuditPageSchema, AuditQuerySchema } from './audit/audit.js';
import { REFUSALS, RefusalSchema } from './connection/refusal.js';
import { AuthRefreshSchema } from './connection/handshake.js';
import { AuthenticatedSchema, SessionClosingSchema, SessionExpiringSchema } from './connection/session.js';
import * as answers from './jobs/job-answers.js';
import { JobListQuerySchema, JobsSyncSchema, JobWatchSchema } from './jobs/job-commands.js';
import { JOB_EVENT_SCHEMAS } from './jobs/job-events.js';
import { framedJobs, framedLine, JobsFrameSchema } from './jobs/job-frame.js';
import { CreateJobSchema, JobReportSchema } from './jobs/job-report.js';
import { ShareJobSchema } from './jobs/job-share.js';
import { JOB_STATUSES, LEGAL_TRANSITIONS, type JobStatus } from './jobs/job-status.js';
import { JobBodySchema, JobStateSchema } from './jobs/job.js';
import { NewNotificationSchema } from './messages/new-notification.js';
import { NotificationSchema } from './messages/notification.js';
import { ConnectionsPageSchema, ConnectionsQuerySchema, GatewayStatsSchema } from './operations/operations.js';
import { ConnectedUsersSchema } from './presence/connected-users.js';
import * as presence from './presence/presence.js';
import type { ServerToClientEvents, Verb } from './wire.js';

const text = readFileSync(join(__dirname, '../SPEC.md'), 'utf8');
const unquoted = (cell: string) => cell.replaceAll('`', '').trim();

/** The rows of the table whose first header cells are these. */
function table(...header: string[]): string[][] {
  const [, after] = text.split(new RegExp(`^ *\\| ${header.join(' +\\| ')} .*\\n[-| ]+\\n`, 'm'));
  const lines = after?.split('\n') ?? [];
  const end = lines.findIndex((line) => !line.trim().startsWith('|'));
  return lines.slice(0, end).map((line) => line.trim().slice(1, -1).split('|').map(unquoted));
}

/** The names in braces or between commas: `{ jobId }`, `epoch, job?`. */
const names = (cell: string) => (cell.match(/[\w…]+\??/g) ?? []).sort();

interface Entries {
  readonly entries: Readonly<Record<string, { readonly type: string }>>;
}

/** The fields of a schema as the document writes them: with `?` where they may be left out. */
const fieldsOf = ({ entries }: Entries) =>
  Object.entries(entries)
    .map(([name, { type }]) => (type.startsWith('optional') ? `${name}?` : name))
    .sort();

const stateFields = Object.keys(JobStateSchema.entries);
const bodyFields = Object.keys(JobBodySchema.entries);

describe('SPEC.md', () => {
  it('names the fields of a job', () => {
    const rows = table('field', 'part');
    expect(rows.filter(([, part]) => part === 'state').map(([field]) => field)).toEqual(stateFields);
    expect(rows.filter(([, part]) => part === 'body').map(([field]) => field)).toEqual(bodyFields);
  });

  it('[R3] names the legal transitions', () => {
    const rows = table('from', 'to').map(([from, to]) => [from, to === '–' ? [] : to?.split(', ')]);
    expect(rows).toEqual(Object.entries(LEGAL_TRANSITIONS));
  });

  it('[E1, E4, E5, L2, P3, M2] names every event and its fields', () => {
    const exception = [...fieldsOf(RefusalSchema), 'verb', 'jobId?'].sort();
    const fields: Record<keyof ServerToClientEvents, string[]> = {
      authenticated: fieldsOf(AuthenticatedSchema),
      'job:created': fieldsOf(JOB_EVENT_SCHEMAS['job:created']),
      'job:status': fieldsOf(JOB_EVENT_SCHEMAS['job:status']),
      'job:progress': fieldsOf(JOB_EVENT_SCHEMAS['job:progress']),
      'job:completed': fieldsOf(JOB_EVENT_SCHEMAS['job:completed']),
      'job:failed': fieldsOf(JOB_EVENT_SCHEMAS['job:failed']),
      'job:removed': fieldsOf(JOB_EVENT_SCHEMAS['job:removed']),
      'jobs:frame': fieldsOf(JobsFrameSchema),
      exception,
      'session:expiring': fieldsOf(SessionExpiringSchema),
      'session:closing': fieldsOf(SessionClosingSchema),
      'session:mark': [],
      'session:lagged': [],
      'job:viewers': fieldsOf(presence.JobViewersSchema),
      'user:online': fieldsOf(presence.UserPresenceSchema),
      'user:offline': fieldsOf(presence.UserPresenceSchema),
      'presence:frame': fieldsOf(presence.PresenceFrameSchema),
      notification: fieldsOf(NotificationSchema),
      announcement: fieldsOf(NotificationSchema),
    };
    const spelledOut = new Map([
      ['…state', stateFields],
      ['…body?', bodyFields.map((field) => `${field}?`)],
    ]);
    const rows = table('event', 'told when').map(([event, , cell]) => [
      event,
      names(cell ?? '')
        .flatMap((name) => spelledOut.get(name) ?? [name])
        .sort(),
    ]);
    expect(rows).toEqual(Object.entries(fields));
  });

  it('[E4] shows lines of a frame as they are written, and what they say', () => {
    const at = Date.parse('2026-11-21T07:00:10.000Z');
    const rows = table('line', 'says').map(([line = '', says = '']) => ({ line, says: JSON.parse(says) }));
    expect(rows.length).toBeGreaterThan(3);
    for (const { line, says } of rows) {
      expect(framedJobs(line, at)).toEqual([says]);
      expect(framedLine(says, at)).toBe(line);
    }
  });

  it('[E4] names the letter of each status', () => {
    const line = (status: JobStatus) => framedLine({ ...state, status }, 0);
    const state = { id: 'a', version: 1, attempt: 1, bodyVersion: 1, updatedAt: '1970-01-01T00:00:00.000Z', progress: null };
    expect(table('status', 'letter')).toEqual(JOB_STATUSES.map((status) => [status, line(status).split(' ')[2]]));
  });

  it('[S1, S5, P2, P3] names every request, its payload and its answer', () => {
    const list = fieldsOf(answers.JobListSnapshotSchema);
    const requests: Record<Verb, [payload: string[], answer: string[]]> = {
      'job:subscribe': [fieldsOf(JobWatchSchema), fieldsOf(answers.JobSnapshotSchema)],
      'job:unsubscribe': [fieldsOf(JobWatchSchema), ['epoch']],
      'jobs:subscribe:user': [[], list],
      'jobs:unsubscribe:user': [[], ['epoch']],
      'jobs:subscribe:all': [[], list],
      'jobs:unsubscribe:all': [[], ['epoch']],
      'jobs:sync': [fieldsOf(JobsSyncSchema), fieldsOf(answers.JobsSyncAnswerSchema)],
      'auth:refresh': [fieldsOf(AuthRefreshSchema), fieldsOf(AuthenticatedSchema)],
      'presence:watch': [fieldsOf(JobWatchSchema), fieldsOf(presence.JobViewersSnapshotSchema)],
      'presence:unwatch': [fieldsOf(JobWatchSchema), ['epoch']],
      'presence:watch:all': [[], fieldsOf(presence.OnlineUsersSnapshotSchema)],
      'presence:unwatch:all': [[], ['epoch']],
    };
    const rows = table('request', 'payload').map(([verb, payload, answer]) => [verb, [names(payload ?? ''), names(answer ?? '')]]);
    expect(rows).toEqual(Object.entries(requests));
  });

  it('names what the routes take and answer', () => {
    const routes = new Map(table('route', 'takes').map(([route, takes, answer]) => [route, { takes: takes ?? '', answer: answer ?? '' }]));
    const takenBy = (route: string) => names(routes.get(route)?.takes.replace(/;.*/, '') ?? '');
    expect(takenBy('POST /api/jobs')).toEqual(fieldsOf(CreateJobSchema));
    expect(takenBy('GET /api/jobs')).toEqual(fieldsOf(JobListQuerySchema));
    expect(takenBy('POST /api/announcements')).toEqual(fieldsOf(NewNotificationSchema));
    expect(takenBy('POST /api/users/:id/notifications')).toEqual(fieldsOf(NewNotificationSchema));
    expect(names(routes.get('GET /api/presence')?.answer.replace(/:.*/, '') ?? '')).toEqual(fieldsOf(ConnectedUsersSchema));
    expect(takenBy('POST /api/jobs/:id/share')).toEqual(fieldsOf(ShareJobSchema));
    expect(takenBy('GET /api/audit')).toEqual(fieldsOf(AuditQuerySchema));
    expect(names(routes.get('GET /api/audit')?.answer.replace(/,[^,]*,[^,]*$/, '') ?? '')).toEqual(fieldsOf(AuditPageSchema));
    expect(names(/An entry is `(.*?)`/.exec(text)?.[1] ?? '')).toEqual(fieldsOf(AuditEntrySchema));
    expect(takenBy('GET /api/v1/websocket/connections')).toEqual(fieldsOf(ConnectionsQuerySchema));
    const answeredBy = (route: string) => names(routes.get(route)?.answer.replace(/.*data: |:[^:]*$/g, '') ?? '');
    expect(answeredBy('GET /api/v1/websocket/stats')).toEqual(fieldsOf(GatewayStatsSchema.entries.data));
    expect(answeredBy('GET /api/v1/websocket/connections')).toEqual(fieldsOf(ConnectionsPageSchema.entries.data));
    expect(takenBy('POST /api/jobs/:id/reports')).toEqual(fieldsOf({ entries: JobReportSchema.entries }));
    expect(names(routes.get('GET /api/jobs/:id/history')?.answer.replace('history: a list of', '') ?? '')).toEqual(
      fieldsOf(answers.JobHistoryEntrySchema),
    );
  });

  it('names every refusal with its status, remedy and cure', () => {
    const rows = table('code', 'HTTP');
    expect(rows).toEqual(Object.entries(REFUSALS).map(([code, { status, remedy, cure }]) => [code, String(status), remedy, cure]));
  });

  it('has every rule once, in order', () => {
    const counts = { R: 13, E: 5, S: 8, C: 10, F: 5, L: 3, P: 4, M: 3, A: 4 };
    const all = Object.entries(counts).flatMap(([letter, count]) => Array.from({ length: count }, (_, index) => `${letter}${index + 1}`));
    expect([...text.matchAll(/^- \*\*\[(\w+)\]\*\*/gm)].map(([, id]) => id)).toEqual(all);
  });

  it('has every rule that the contract cites', () => {
    const sources = globSync('**/*.ts', { cwd: __dirname }).map((file) => readFileSync(join(__dirname, file), 'utf8'));
    const cited = sources
      .flatMap((source) => [...source.matchAll(/\[((?:[RESCFLPMA]\d+(?:, )?)+)\]/g)])
      .flatMap(([, ids]) => ids?.split(', ') ?? []);
    expect(new Set(cited).size).toBeGreaterThan(15);
    expect(cited.filter((id) => !text.includes(`**[${id}]**`))).toEqual([]);
  });
});
