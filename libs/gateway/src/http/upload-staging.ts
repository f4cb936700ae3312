import type { RefusalError } from '@harmonia/contract';
import { safeFileName, type FileStore } from '@harmonia/job-engine';
import type { Readable } from 'node:stream';
import { mediaTypeOf } from './media-type.js';
import { lookedAt } from './upload-type.js';
import type { Upload } from './upload.js';

/** The part of a form that multer hands to its storage. */
interface FormFile {
  readonly originalname: string;
  readonly mimetype: string;
  readonly stream: Readable;
}

/** Multer's storage over the file store: a file is streamed to its place and never held in memory. */
export class UploadStaging {
  constructor(private readonly files: FileStore) {}

  _handleFile(_: unknown, file: FormFile, done: (error: unknown, upload?: Upload) => void): void {
    this.stage(file).then(
      (upload) => done(null, upload),
      (error: unknown) => done(error),
    );
  }

  _removeFile(_: unknown, { staged }: Upload, done: (error: unknown) => void): void {
    staged.discard().then(() => done(null), done);
  }

  private async stage({ originalname, mimetype, stream }: FormFile): Promise<Upload> {
    const [name, mediaType] = [safeFileName(originalname), mediaTypeOf(mimetype)];
    let refusal: RefusalError | null = null;
    const file = lookedAt(stream, name, mediaType, (why) => (refusal = why));
    try {
      return { name, mediaType, staged: await this.files.stage(file, { allowEmpty: false }) };
    } catch (error) {
      // the store only sees that the file broke off
      throw refusal ?? error;
    }
  }
}
