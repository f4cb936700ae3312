import * as v from 'valibot';

/** What `result` holds when the result is a file [R11]: `outputPath` is its key in the file store and names the attempt. */
export const JobFileResultSchema = v.object({
  outputPath: v.string(),
  fileName: v.string(),
  mediaType: v.string(),
  bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

/** See {@link JobFileResultSchema}. */
export type JobFileResult = Readonly<v.InferOutput<typeof JobFileResultSchema>>;

/** What `input.file` says of an uploaded file. */
export const UploadedFileSchema = v.object({
  name: v.string(),
  mediaType: v.string(),
  bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

/** See {@link UploadedFileSchema}. */
export type UploadedFile = Readonly<v.InferOutput<typeof UploadedFileSchema>>;
