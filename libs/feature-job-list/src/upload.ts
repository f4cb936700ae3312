/** A file on its way to become a job, from when it was chosen until the job is there or it is given up. */
export type Upload = { readonly id: number; readonly file: File } & UploadState;

/** `waiting` for those before it; `sending`: a fraction from 0 to 1; `failed`: why and what to do, and whether the same again may do. */
export type UploadState =
  | { readonly phase: 'waiting' }
  | { readonly phase: 'sending'; readonly fraction: number }
  | { readonly phase: 'failed'; readonly problem: string; readonly canRetry: boolean };
