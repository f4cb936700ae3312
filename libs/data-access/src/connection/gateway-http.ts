import { HttpClient, HttpErrorResponse, HttpRequest, HttpResponse, type HttpEvent } from '@angular/common/http';
import { inject, Injectable, untracked } from '@angular/core';
import { RefusalError, REFUSALS } from '@harmonia/contract';
import { catchError, defer, filter, firstValueFrom, switchMap, throwError, timeout, type Observable } from 'rxjs';
import { GATEWAY_ADDRESS } from './gateway-address';
import { SessionToken } from './session-token';
import { refusalIn } from './understood';

/** Milliseconds after which a request counts as unanswered [C9]. */
const ANSWER_TIMEOUT_MS = 5_000;

/** Sends requests to the gateway with the session's token; whatever goes wrong is a RefusalError. */
@Injectable()
export class GatewayHttp {
  private readonly http = inject(HttpClient);
  private readonly gateway = inject(GATEWAY_ADDRESS);
  private readonly token = inject(SessionToken);

  /** One request, one answer; `timeout` when it does not come in time [C9]. */
  ask(method: 'GET' | 'POST' | 'DELETE', path: string, body: unknown = null): Promise<HttpResponse<unknown>> {
    return firstValueFrom(
      this.send(method, path, body).pipe(
        filter((event) => event instanceof HttpResponse),
        timeout({ first: ANSWER_TIMEOUT_MS, with: () => throwError(() => new RefusalError('timeout')) }),
      ),
    );
  }

  /** One request, with the progress of what is sent. A refused token is replaced once. */
  send(method: string, path: string, body: unknown): Observable<HttpEvent<unknown>> {
    return this.attempt(method, path, body, null).pipe(
      catchError((refusal: RefusalError) =>
        REFUSALS[refusal.code].remedy === 'new-token' ? this.attempt(method, path, body, refusal) : throwError(() => refusal),
      ),
    );
  }

  /** The address of a link that the gateway handed out. */
  link(url: string): string {
    return url.startsWith('/') ? `${this.gateway.url}${url}` : url;
  }

  private attempt(method: string, path: string, body: unknown, refusal: RefusalError | null): Observable<HttpEvent<unknown>> {
    const { url, api } = this.gateway;
    // an effect that asks would ask again with every new token
    return defer(() => untracked(() => this.token.ask(refusal))).pipe(
      switchMap((token) => {
        const request = new HttpRequest<unknown>(method, `${url}${api}${path}`, body, { reportProgress: body instanceof FormData });
        return this.http.request(token === null ? request : request.clone({ setHeaders: { Authorization: `Bearer ${token}` } }));
      }),
      catchError((error: unknown) => throwError(() => refusalOf(error))),
    );
  }
}

/** No answer at all, or one of a proxy that got none. */
const UNREACHABLE = [0, 502, 503, 504];

function refusalOf(error: unknown): RefusalError {
  if (!(error instanceof HttpErrorResponse)) return new RefusalError('unavailable', 'No token could be had for the request.');
  const body: unknown = error.error;
  const refusal = typeof body === 'object' && body !== null && 'error' in body ? refusalIn(body.error) : null;
  if (refusal) return refusal;
  if (UNREACHABLE.includes(error.status)) return new RefusalError('unavailable', 'The gateway cannot be reached.');
  return new RefusalError('internal-error', `The gateway answered with status ${error.status}.`);
}
