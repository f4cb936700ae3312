import { parseOrRefuse, UserIdSchema } from '@harmonia/contract';
import { Injectable } from '@nestjs/common';
import * as v from 'valibot';
import { EndedSessions } from './ended-sessions.js';

const DAY_MS = 24 * 60 * 60_000;
/** So long it is known that a session was ended, unless its token lasts longer, ms. */
const KNOWN_FOR_MS = 30 * DAY_MS;
/** So long that all sessions of a user were: one number a user, and a token may last as long, ms. */
const ALL_KNOWN_FOR_MS = 10 * 365 * DAY_MS;

const EndingSchema = v.object({
  userId: UserIdSchema,
  sessionId: v.optional(v.pipe(v.string('A session id is a string.'), v.minLength(1), v.maxLength(300))),
  lastsUntil: v.optional(v.nullable(v.date('An end is a date.'))),
});

/** Which session is to be ended. */
export interface SessionEnding {
  readonly userId: string;
  /** The claim `sid` or `jti` of its tokens; left out: every session of the user that began until now. */
  readonly sessionId?: string;
  /** The end of the longest of its tokens, where that is more than 30 days away. */
  readonly lastsUntil?: Date | null;
}

/**
 * Ends sessions before their time [S8], on every node, over sockets and HTTP alike: what was ended stays so, also after a
 * restart. Whoever signs in anew has another session, and is let in.
 *
 * @example await sessions.revoke({ userId: 'ann' }); // she has lost her laptop
 */
@Injectable()
export class Sessions {
  constructor(private readonly ended: EndedSessions) {}

  /**
   * Resolves when it is kept, and here in force; on every other node that reaches the store it is within 2 s.
   *
   * @throws RefusalError `payload-invalid`; `unavailable` when it cannot be kept: nothing has ended then.
   */
  async revoke(ending: SessionEnding): Promise<void> {
    const { userId, sessionId = null, lastsUntil } = parseOrRefuse(EndingSchema, ending);
    const at = Date.now();
    const until = sessionId === null ? at + ALL_KNOWN_FOR_MS : Math.max(at + KNOWN_FOR_MS, lastsUntil?.getTime() ?? 0);
    await this.ended.add({ userId, sessionId, at, until });
  }
}
