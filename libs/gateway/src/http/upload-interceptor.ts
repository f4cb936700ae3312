import { RefusalError } from '@harmonia/contract';
import { FILE_STORE, type FileStore } from '@harmonia/job-engine';
import { HttpException, Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { HARMONIA_GATEWAY_OPTIONS, type HarmoniaGatewayOptions } from '../gateway-options.js';
import { UploadStaging } from './upload-staging.js';
import type { Upload } from './upload.js';

const MAX_UPLOAD_BYTES = 100 * 1024 * 1024;
const FORM_LIMITS = { files: 1, fields: 32, fieldSize: 16 * 1024, headerPairs: 64 };
const FORM_UNREADABLE = 'Send a form of at most 32 short fields and exactly one file, as the part "file".';

/** What multer makes of a request. */
interface FormRequest {
  readonly complete: boolean;
  readonly file?: Upload;
}

/** Receives a multipart form with one file; whatever comes of the request, a file that no job took is gone afterwards. */
@Injectable()
export class UploadInterceptor implements NestInterceptor {
  private readonly form: NestInterceptor;

  constructor(@Inject(FILE_STORE) files: FileStore, @Inject(HARMONIA_GATEWAY_OPTIONS) options: HarmoniaGatewayOptions) {
    const storage = new UploadStaging(files, options.maxUploadBytes ?? MAX_UPLOAD_BYTES);
    // names in forms are UTF-8 today, while multer still reads them as Latin-1
    const Form = FileInterceptor('file', { storage, limits: FORM_LIMITS, defParamCharset: 'utf8' });
    this.form = new Form();
  }

  async intercept(context: ExecutionContext, next: CallHandler<unknown>): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FormRequest>();
    const answers = await this.received(context, next, request);
    const answer = lastValueFrom(answers).finally(() => request.file?.staged.discard());
    return from(answer);
  }

  private async received(context: ExecutionContext, next: CallHandler<unknown>, request: FormRequest): Promise<Observable<unknown>> {
    try {
      return await this.form.intercept(context, next);
    } catch (error) {
      throw formRefusalOf(error, request);
    }
  }
}

function formRefusalOf(error: unknown, { complete }: FormRequest): unknown {
  if (error instanceof HttpException) {
    return error.message.startsWith('Multipart: Unexpected end')
      ? new RefusalError('file-cut-off')
      : new RefusalError('payload-invalid', FORM_UNREADABLE);
  }
  return complete || error instanceof RefusalError ? error : new RefusalError('file-cut-off');
}
