import * as v from 'valibot';
import { JobIdSchema } from '../jobs/job-id.js';

/** What the audit knows to have been tried [A1]; an application may add verbs of its own. */
export const AUDITED_VERBS = [
  'create',
  'delete',
  'cancel',
  'retry',
  'share',
  'report',
  'revoke',
  'notify',
  'announce',
  'sign-out',
  'handshake',
] as const;

/** See {@link AUDITED_VERBS}. */
export type AuditedVerb = (typeof AUDITED_VERBS)[number];

/**
 * One line of the audit [A1]: who tried what, with which job, from where, and what came of it. `who` is null for code of the
 * application itself, and for somebody who said no name that could be believed. `outcome` is `done`, or the code of the refusal.
 */
export const AuditEntrySchema = v.object({
  /** Unique and opaque. */
  id: v.string(),
  at: v.pipe(v.string(), v.isoTimestamp()),
  who: v.nullable(v.object({ userId: v.string(), roles: v.pipe(v.array(v.string()), v.readonly()) })),
  what: v.string(),
  jobId: v.nullable(v.string()),
  /** The user it was done to, as whose access was revoked or who was notified; null when it was done to nobody. */
  whom: v.nullable(v.string()),
  /** The address of the client as the server saw it; null when nobody connected for this. */
  from: v.nullable(v.string()),
  outcome: v.string(),
});

/** See {@link AuditEntrySchema}. */
export type AuditEntry = Readonly<v.InferOutput<typeof AuditEntrySchema>>;

/** One page of the audit, newest first; `nextCursor` is null on the last. */
export const AuditPageSchema = v.object({
  entries: v.pipe(v.array(AuditEntrySchema), v.readonly()),
  nextCursor: v.nullable(v.string()),
});

/** See {@link AuditPageSchema}. */
export type AuditPage = Readonly<v.InferOutput<typeof AuditPageSchema>>;

const WRONG_LIMIT = 'A limit is a whole number from 1 to 200.';

/** How the audit is asked for: `?jobId=invoice-1&limit=50&cursor=…`, where the cursor is the `nextCursor` of the page before. */
export const AuditQuerySchema = v.object({
  cursor: v.optional(v.pipe(v.string('A cursor is what nextCursor said.'), v.maxLength(64, 'A cursor is what nextCursor said.'))),
  jobId: v.optional(JobIdSchema),
  limit: v.optional(
    v.pipe(
      v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,3}$/, WRONG_LIMIT), v.transform(Number))], WRONG_LIMIT),
      v.integer(WRONG_LIMIT),
      v.minValue(1, WRONG_LIMIT),
      v.maxValue(200, WRONG_LIMIT),
    ),
    50,
  ),
});

/** See {@link AuditQuerySchema}. */
export type AuditQuery = Readonly<v.InferOutput<typeof AuditQuerySchema>>;
