import { RefusalError } from '@harmonia/contract';
import { FILE_STORE, type FileStore } from '@harmonia/job-engine';
import {
  HttpException,
  HttpStatus,
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { HARMONIA_GATEWAY_OPTIONS, type HarmoniaGatewayOptions } from '../gateway-options.js';
import { UploadStaging } from './upload-staging.js';
import type { Upload } from './upload.js';

const MAX_UPLOAD_BYTES = 100 * 1024 * 1024;
const FORM_LIMITS = { files: 1, fields: 32, fieldSize: 16 * 1024, headerPairs: 64 };

/** What multer makes of a request. */
interface FormRequest {
  readonly complete: boolean;
  readonly file?: Upload;
}

/** Receives a multipart form with one file; whatever comes of the request, a file that no job took is gone afterwards. */
@Injectable()
export class UploadInterceptor implements NestInterceptor {
  private readonly form: NestInterceptor;
  private readonly maxBytes: number;

  constructor(@Inject(FILE_STORE) files: FileStore, @Inject(HARMONIA_GATEWAY_OPTIONS) options: HarmoniaGatewayOptions) {
    this.maxBytes = options.maxUploadBytes ?? MAX_UPLOAD_BYTES;
    const Form = FileInterceptor('file', {
      storage: new UploadStaging(files),
      limits: { ...FORM_LIMITS, fileSize: this.maxBytes },
      // names in forms are UTF-8 today, while multer still reads them as Latin-1
      defParamCharset: 'utf8',
    });
    this.form = new Form();
  }

  async intercept(context: ExecutionContext, next: CallHandler<unknown>): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FormRequest>();
    const answers = await this.received(context, next, request);
    return from(lastValueFrom(answers).finally(() => this.discarded(request.file)));
  }

  private async discarded(upload: Upload | undefined): Promise<void> {
    // the next start sweeps what cannot be removed now, and the answer is none the worse for it
    await upload?.staged.discard().catch(() => undefined);
  }

  private async received(context: ExecutionContext, next: CallHandler<unknown>, request: FormRequest): Promise<Observable<unknown>> {
    try {
      return await this.form.intercept(context, next);
    } catch (error) {
      if (error instanceof HttpException) throw this.formRefusalOf(error);
      throw request.complete || error instanceof RefusalError ? error : new RefusalError('file-cut-off');
    }
  }

  /** Nest tells the failures of multer apart by status and, for a form that ends too early, by message. */
  private formRefusalOf(error: HttpException): RefusalError {
    if (error.getStatus() === HttpStatus.PAYLOAD_TOO_LARGE) {
      return new RefusalError('file-too-large', `A file is at most ${this.maxBytes.toLocaleString('en')} bytes here.`);
    }
    if (error.message.startsWith('Multipart: Unexpected end')) return new RefusalError('file-cut-off');
    return new RefusalError('payload-invalid', 'Send a form of at most 32 short fields and exactly one file, as the part "file".');
  }
}
