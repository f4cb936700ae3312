/**
 * The door for later versions: entry n brings a database from `user_version` n to n + 1, in one transaction. Entries that
 * were ever released are never edited; a change is one more entry.
 *
 * Why it looks like this: `position` counts the commits of all jobs together and is what `since` walks along; `created` is
 * the position at which a job was created, so that the row id itself is the order of lists. What is large and changes
 * rarely lives in `payloads`, or every step of progress would rewrite it. The pairs of partial indexes keep the few
 * active jobs apart from the many finished ones.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE jobs (
    created INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL,
    job_type TEXT NOT NULL,
    status TEXT NOT NULL,
    progress TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    version INTEGER NOT NULL,
    body_version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    title TEXT,
    tags TEXT NOT NULL,
    search TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    restarts INTEGER NOT NULL,
    heartbeat_at INTEGER NOT NULL,
    ended_at INTEGER,
    position INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX jobs_of_user ON jobs (user_id);
  CREATE INDEX jobs_of_user_by_status ON jobs (user_id, status);
  CREATE INDEX jobs_by_status ON jobs (status);
  CREATE INDEX jobs_by_type ON jobs (job_type);
  CREATE INDEX jobs_active ON jobs (position) WHERE ended_at IS NULL;
  CREATE INDEX jobs_active_of_user ON jobs (user_id, position) WHERE ended_at IS NULL;
  CREATE INDEX jobs_finished ON jobs (position) WHERE ended_at IS NOT NULL;
  CREATE INDEX jobs_finished_of_user ON jobs (user_id, position) WHERE ended_at IS NOT NULL;
  CREATE INDEX jobs_expiring ON jobs (ended_at) WHERE ended_at IS NOT NULL;

  CREATE TABLE payloads (
    job INTEGER PRIMARY KEY REFERENCES jobs ON DELETE CASCADE,
    input TEXT NOT NULL,
    result TEXT NOT NULL
  ) STRICT;

  CREATE TABLE job_tags (
    tag TEXT NOT NULL,
    job INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
    PRIMARY KEY (tag, job)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX job_tags_of_job ON job_tags (job);

  CREATE TABLE history (
    job INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
    version INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    at TEXT NOT NULL,
    status TEXT NOT NULL,
    progress TEXT NOT NULL,
    reason TEXT,
    is_progress INTEGER NOT NULL,
    PRIMARY KEY (job, version)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE tombstones (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    moved INTEGER NOT NULL,
    position INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (id, user_id)
  ) STRICT;
  CREATE INDEX tombstones_by_position ON tombstones (position);
  CREATE INDEX tombstones_of_user ON tombstones (user_id, position);

  CREATE TABLE revocations (
    position INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL,
    job_id TEXT,
    at INTEGER NOT NULL
  ) STRICT;
  `,
  // who did what [A1]: ids never come again, and what was written stays as it is until it is too old
  `
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    user_id TEXT,
    roles TEXT NOT NULL,
    what TEXT NOT NULL,
    job_id TEXT,
    whom TEXT,
    address TEXT,
    outcome TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_time ON audit (at);
  CREATE INDEX audit_of_job ON audit (job_id, id) WHERE job_id IS NOT NULL;
  CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'The audit is append-only.'); END;
  `,
  // which sessions were ended [S8]
  `
  CREATE TABLE session_ends (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL,
    session_id TEXT,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX session_ends_by_time ON session_ends (until);
  `,
];
