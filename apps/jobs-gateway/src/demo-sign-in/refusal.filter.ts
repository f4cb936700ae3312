import { RefusalError, REFUSALS } from '@harmonia/contract';
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';

/** Answers a refusal as the job routes do: `{ error: { code, message } }`. */
@Catch(RefusalError)
export class RefusalFilter implements ExceptionFilter<RefusalError> {
  catch(refusal: RefusalError, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Response>().status(REFUSALS[refusal.code].status).json({ error: refusal.toRefusal() });
  }
}
