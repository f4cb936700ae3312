import { inject, Injectable } from '@angular/core';
import { RefusalError, REFUSALS } from '@harmonia/contract';
import { catchError, defer, EMPTY, firstValueFrom, ignoreElements, switchMap, throwError, type Observable } from 'rxjs';
import { RealtimeSocket } from './realtime-socket';
import { SessionToken } from './session-token';

const ENDS_SOON = new RefusalError('token-expired', 'The session ends soon: a newer token is wanted.').toRefusal();

/** Lets a newer token take the place of the one that a connection was made with, which goes on as it is [S6]. */
@Injectable()
export class SessionRenewal {
  private readonly token = inject(SessionToken);
  private readonly socket = inject(RealtimeSocket);

  /**
   * The session ends soon: asks for a newer token and offers it. Says nothing, and fails only where the connection has to be
   * made anew; where no token can be had, or no answer, the server says again that the session ends.
   */
  renew(): Observable<never> {
    return defer(() => this.token.ask(ENDS_SOON)).pipe(
      switchMap((token) => (token === null ? EMPTY : this.socket.refresh(token))),
      catchError((error: unknown) => (isOfNoUse(error) ? throwError(() => error) : EMPTY)),
      ignoreElements(),
    );
  }

  /** The source has another token: whether the connection that is open goes on with it. */
  async takes(answer: Promise<string | null>): Promise<boolean> {
    try {
      const token = await answer;
      if (token === null) return false;
      await firstValueFrom(this.socket.refresh(token));
      return true;
    } catch {
      return false;
    }
  }
}

/** As one of another user is. */
const isOfNoUse = (error: unknown): boolean => error instanceof RefusalError && REFUSALS[error.code].remedy === 'new-token';
