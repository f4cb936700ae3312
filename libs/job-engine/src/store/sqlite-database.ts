import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { DataDirectoryError } from './data-directory-error.js';
import { numberRow } from './sqlite-rows.js';
import { MIGRATIONS } from './sqlite-schema.js';

const FILE_NAME = 'harmonia.sqlite';
const IN_MEMORY = ':memory:';

/** The values of a statement's `:names`. */
export type Values = Readonly<Record<string, SQLInputValue>>;

/**
 * The database file, held by this process alone: the kernel's lock ends with the process, however it ends, so nothing
 * stale is left to clean up. POSIX drops such a lock when the same process opens and closes the file by other means:
 * whoever wants a copy of it lets another process make it.
 */
export class SqliteDatabase {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #isOpen = true;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /**
   * @param directory made when it is missing, for its owner only; `:memory:` keeps nothing
   * @param use what the database is opened for: its first reads belong to the opening, and close it when they fail
   * @throws DataDirectoryError when it is in use, cannot be written, or holds something else than a database of ours
   */
  static open<Opened>(directory: string, use: (database: SqliteDatabase) => Opened): Opened {
    try {
      if (directory !== IN_MEMORY) mkdirSync(directory, { recursive: true, mode: 0o700 });
      return openExclusively(directory, (database) => use(new SqliteDatabase(database)));
    } catch (error) {
      throw problemOf(error, directory);
    }
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  run(sql: string, values: Values): void {
    this.#prepared(sql).run(values);
  }

  get(sql: string, values: Values): unknown {
    return this.#prepared(sql).get(values);
  }

  all(sql: string, values: Values): unknown[] {
    return this.#prepared(sql).all(values);
  }

  /**
   * Runs `work` in one transaction; when it throws, nothing of it has happened.
   *
   * @param durable whether it must survive a power cut, which costs a sync of the disk. Without it a transaction survives
   * the end of the process, also by SIGKILL, since the kernel has what was written [G19].
   */
  transaction<Result>(durable: boolean, work: () => Result): Result {
    this.#database.exec(durable ? 'PRAGMA synchronous = FULL; BEGIN IMMEDIATE' : 'PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      rollBack(this.#database);
      throw error;
    }
  }

  close(): void {
    if (this.#isOpen) this.#database.close();
    this.#isOpen = false;
  }

  /** Each text is prepared once; there are few, since values never become part of one. */
  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function openExclusively<Opened>(directory: string, use: (database: DatabaseSync) => Opened): Opened {
  const database = new DatabaseSync(directory === IN_MEMORY ? IN_MEMORY : join(directory, FILE_NAME));
  try {
    // the lock is taken by the first access and then kept; the mode must be set before it, or other processes share the WAL
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; BEGIN IMMEDIATE');
    migrate(database, directory);
    database.exec('COMMIT');
    return use(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: DatabaseSync, directory: string): void {
  const version = numberRow(database.prepare('SELECT user_version AS value FROM pragma_user_version').get());
  if (version > MIGRATIONS.length) {
    throw new DataDirectoryError(
      'data-dir-too-new',
      `The jobs in ${directory} were written by a newer version of Harmonia. Update this one, or set DATA_DIR to another directory.`,
    );
  }
  for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
}

function rollBack(database: DatabaseSync): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // after a full disk or an I/O error SQLite has rolled back by itself
  }
}

const SQLITE = { busy: 5, readOnly: 8, ioError: 10, full: 13, cannotOpen: 14 };
const UNWRITABLE: readonly (number | undefined)[] = [SQLITE.readOnly, SQLITE.ioError, SQLITE.full, SQLITE.cannotOpen];

function problemOf(error: unknown, directory: string): unknown {
  if (error instanceof DataDirectoryError) return error;
  const sqlite = sqliteCode(error);
  if (sqlite === SQLITE.busy) {
    const message = `The jobs in ${directory} are in use. Stop the other process that has them open, or set DATA_DIR to another directory.`;
    return new DataDirectoryError('data-dir-in-use', message, error);
  }
  if (sqlite === undefined || UNWRITABLE.includes(sqlite)) {
    const message = `The directory ${directory} cannot be written. Give this user the right to, or set DATA_DIR to another directory.`;
    return new DataDirectoryError('data-dir-not-writable', message, error);
  }
  const message = `The file ${FILE_NAME} in ${directory} is no intact database of Harmonia. Restore it from a copy, or set DATA_DIR to another directory.`;
  return new DataDirectoryError('data-dir-corrupt', message, error);
}

/** The primary result code of SQLite, undefined for every other error. */
export function sqliteCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}
