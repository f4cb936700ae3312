/** What can be wrong with the directory that holds the jobs. */
export type DataDirectoryProblem = 'data-dir-in-use' | 'data-dir-not-writable' | 'data-dir-corrupt' | 'data-dir-too-new';

/**
 * Why a store could not be opened, thrown at start: `code` for programs, and a sentence that names the directory and says
 * what to do about it.
 *
 * @example
 * if (error instanceof DataDirectoryError && error.code === 'data-dir-in-use') process.exitCode = 1;
 */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';

  /** @param cause what the file system or the database said, for the log. */
  constructor(
    readonly code: DataDirectoryProblem,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}
