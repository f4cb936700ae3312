/** A session that was ended before its time, or all sessions of a user that began by then [S8]. */
export interface SessionEnd {
  readonly userId: string;
  /** Null: all of the user's. */
  readonly sessionId: string | null;
  /** When it was ended, ms since 1970. */
  readonly at: number;
  /** For how long it has to be known: until no token of such a session is good any more, ms since 1970. */
  readonly until: number;
}

/** What was added since a cursor was handed out, and the next cursor. */
export interface SessionEndsReading {
  readonly cursor: number;
  readonly ends: readonly SessionEnd[];
}

/**
 * Where is kept which sessions were ended, so that every node knows it, and after a restart, too [S8]. Both methods reject with
 * `RefusalError('unavailable')` when it cannot be reached.
 */
export interface SessionEnds {
  /** It is kept when this resolves; what nobody needs to know any more may go then. */
  add(end: SessionEnd): Promise<void>;
  /** What was added since; all of it for 0, and for a cursor of a past that was rewritten. */
  since(cursor: number): Promise<SessionEndsReading>;
}
