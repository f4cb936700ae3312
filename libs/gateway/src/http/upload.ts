import type { StagedFile } from '@harmonia/job-engine';

/** A file that has arrived with a form and waits for its job. */
export interface Upload {
  readonly name: string;
  readonly mediaType: string;
  readonly staged: StagedFile;
}
