import * as v from 'valibot';
import type { SqliteDatabase } from '../store/sqlite-database.js';
import type { SessionEnd, SessionEnds, SessionEndsReading } from './session-ends.js';

const INSERT = 'INSERT INTO session_ends (user_id, session_id, at, until) VALUES (:userId, :sessionId, :at, :until)';
const LAST = 'SELECT coalesce(max(id), 0) AS last FROM session_ends';
const SINCE = 'SELECT user_id AS userId, session_id AS sessionId, at, until FROM session_ends WHERE id > :after ORDER BY id';

const LastSchema = v.object({ last: v.number() });
const RowsSchema = v.array(v.object({ userId: v.string(), sessionId: v.nullable(v.string()), at: v.number(), until: v.number() }));

/** Which sessions were ended, beside the jobs. */
export class SqliteSessionEnds implements SessionEnds {
  /** @param answer turns what goes wrong into what a store says of it */
  constructor(
    private readonly database: SqliteDatabase,
    private readonly answer: <Answer>(work: () => Answer) => Promise<Answer>,
    private readonly now: () => number,
  ) {}

  add({ userId, sessionId, at, until }: SessionEnd): Promise<void> {
    return this.answer(() =>
      this.database.transaction(true, () => {
        this.database.run('DELETE FROM session_ends WHERE until < :now', { now: this.now() });
        this.database.run(INSERT, { userId, sessionId, at, until });
      }),
    );
  }

  since(cursor: number): Promise<SessionEndsReading> {
    return this.answer(() => {
      const { last } = v.parse(LastSchema, this.database.get(LAST, {}));
      const rows = this.database.all(SINCE, { after: cursor > last ? 0 : cursor });
      return { cursor: last, ends: v.parse(RowsSchema, rows) };
    });
  }
}
