import * as v from 'valibot';

/**
 * What a client does about a refusal: *retry* later with the same words, come back with a *new-token*, or stop, since it
 * is *final* until something else changes.
 */
export type RefusalRemedy = 'retry' | 'new-token' | 'final';

interface RefusalRule {
  readonly remedy: RefusalRemedy;
  /** The HTTP status with which the same refusal is answered. */
  readonly status: number;
  /** What the reader can do about it. */
  readonly cure: string;
}

/**
 * Every refusal of the protocol: one table for handshakes, acknowledgements, HTTP answers and closed sessions.
 *
 * @example REFUSALS['token-expired'].remedy; // 'new-token'
 */
export const REFUSALS = {
  // who you are
  'token-missing': {
    remedy: 'new-token',
    status: 401,
    cure: 'Send a token: auth.token in the handshake, or Authorization: Bearer over HTTP.',
  },
  'token-invalid': { remedy: 'new-token', status: 401, cure: 'Sign in again: the token is not one that this server trusts.' },
  'token-expired': { remedy: 'new-token', status: 401, cure: 'Sign in again: the token is past its time.' },
  'session-ended': { remedy: 'new-token', status: 401, cure: 'Sign in again: this session was ended.' },
  'origin-forbidden': { remedy: 'final', status: 403, cure: 'Add the address of this page to the allowed origins of the server.' },
  'protocol-unsupported': { remedy: 'final', status: 400, cure: 'Update the client: this server does not speak its protocol.' },
  // what you may do
  forbidden: { remedy: 'final', status: 403, cure: 'Ask an administrator for the role or scope that this needs.' },
  'access-revoked': { remedy: 'retry', status: 403, cure: 'Connect again: what you may see has changed.' },
  'job-not-found': { remedy: 'final', status: 404, cure: 'Check the id: there is no such job, or it is not yours to see.' },
  'ticket-invalid': { remedy: 'final', status: 403, cure: 'Ask for a new download link: each works once, for a short time.' },
  // what you said
  'verb-unknown': { remedy: 'final', status: 404, cure: 'Use a request that the protocol has; SPEC.md lists them.' },
  'payload-invalid': { remedy: 'final', status: 400, cure: 'Correct the fields that the message names.' },
  'payload-too-large': { remedy: 'final', status: 413, cure: 'Send less at once; put large data into an upload.' },
  'page-invalid': { remedy: 'final', status: 400, cure: 'Start again from the first page.' },
  'job-type-unknown': { remedy: 'final', status: 400, cure: 'Use one of the job types that the message names.' },
  'job-id-conflict': { remedy: 'final', status: 409, cure: 'Choose another id, or leave it out.' },
  'job-unknown': { remedy: 'final', status: 404, cure: 'Create the job first, or name its owner in the report.' },
  'status-conflict': { remedy: 'final', status: 409, cure: 'Look at the job: its status does not allow this now.' },
  'result-missing': { remedy: 'final', status: 404, cure: 'Wait until the job has completed; it may also have no file as its result.' },
  // files
  'file-missing': {
    remedy: 'final',
    status: 400,
    cure: 'Send the file as the part "file" of a multipart form, or start from a new upload.',
  },
  'file-empty': { remedy: 'final', status: 400, cure: 'Choose a file with something in it.' },
  'file-too-large': { remedy: 'final', status: 413, cure: 'Choose a smaller file.' },
  'file-type-mismatch': { remedy: 'final', status: 415, cure: 'Choose a file that is what the end of its name says.' },
  'file-cut-off': { remedy: 'retry', status: 400, cure: 'Upload again: the file did not arrive whole.' },
  // how much you ask
  'rate-limited': { remedy: 'retry', status: 429, cure: 'Ask less often, and try again after the time that is said.' },
  'too-many-watches': { remedy: 'final', status: 429, cure: 'Watch fewer jobs one by one, or watch the list that holds them.' },
  'too-many-connections': {
    remedy: 'final',
    status: 429,
    cure: 'Close other pages of yours, then connect again: newer ones took the place of this one.',
  },
  // how the server is
  timeout: { remedy: 'retry', status: 504, cure: 'Try again: no answer came in time.' },
  unavailable: { remedy: 'retry', status: 503, cure: 'Try again shortly: the job store cannot be reached.' },
  'server-stopping': { remedy: 'retry', status: 503, cure: 'Connect again: this server is stopping.' },
  'internal-error': { remedy: 'retry', status: 500, cure: 'Try again; if it goes on, the log of the server says more.' },
} as const satisfies Record<string, RefusalRule>;

/** The code of a refusal, a key of {@link REFUSALS}. */
export type RefusalCode = keyof typeof REFUSALS;

/**
 * Whether this is the code of a refusal.
 *
 * @example isRefusalCode('job-not-found'); // true
 */
export function isRefusalCode(value: unknown): value is RefusalCode {
  return typeof value === 'string' && Object.hasOwn(REFUSALS, value);
}

/** The code of a refusal as a client reads it: one that only a newer server knows counts as `internal-error`. */
export const RefusalCodeSchema = v.pipe(
  v.string(),
  v.transform((code): RefusalCode => (isRefusalCode(code) ? code : 'internal-error')),
);

/** A refusal as it travels: in acknowledgements, `exception` events, HTTP answers and `connect_error.data`. */
export const RefusalSchema = v.object({
  code: RefusalCodeSchema,
  /** A sentence for people. It never repeats what was sent. */
  message: v.string(),
  /** Milliseconds to wait before trying again, where that is known. */
  retryAfterMs: v.optional(v.pipe(v.number(), v.minValue(0))),
});

/** See {@link RefusalSchema}. */
export type Refusal = Readonly<v.InferOutput<typeof RefusalSchema>>;

/**
 * The error that the server wing throws to refuse, and the client wing hands to callers when it was refused.
 *
 * @example throw new RefusalError('job-not-found');
 * @example throw new RefusalError('payload-invalid', 'jobId: A job id is a string.');
 */
export class RefusalError extends Error implements Refusal {
  override readonly name = 'RefusalError';

  /** @param message what is wrong; the cure of the code when left out. */
  constructor(
    readonly code: RefusalCode,
    message: string = REFUSALS[code].cure,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }

  /** What travels: code, message and, when known, how long to wait. Never the cause. */
  toRefusal(): Refusal {
    const { code, message, retryAfterMs } = this;
    return retryAfterMs === undefined ? { code, message } : { code, message, retryAfterMs };
  }
}
