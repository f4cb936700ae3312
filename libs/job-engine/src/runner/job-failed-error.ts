/**
 * What a handler throws to end its attempt as failed with a code and a sentence of its own [R11]. Any other error ends it
 * with the code `handler-failed` and is logged.
 *
 * @example throw new JobFailedError('pdf-encrypted', 'This PDF is locked with a password: remove it and upload again.');
 */
export class JobFailedError extends Error {
  override readonly name = 'JobFailedError';

  /**
   * @param code lower-case words joined by "-", for programs
   * @param message a sentence for people, at most 2,000 characters; it must hold no secret
   */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
