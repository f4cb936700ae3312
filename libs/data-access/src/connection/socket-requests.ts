import { RefusalError, type Acknowledgement, type Verb } from '@harmonia/contract';
import { map, Observable } from 'rxjs';
import type * as v from 'valibot';
import { requestPaces } from './request-pace';
import { refusalError, understood } from './understood';

/** Milliseconds after which a request counts as unanswered [C9]. */
const ANSWER_TIMEOUT_MS = 5_000;

/** Takes what socket.io answers: an error when nothing came in time. */
type TakeAnswer = (unanswered: Error | null, raw: unknown) => void;

/** As much of socket.io's socket as a request needs. */
interface AskedSocket {
  readonly connected: boolean;
  timeout(milliseconds: number): { emit(verb: Verb, payload: unknown, answer: TakeAnswer): unknown };
}

/** Asks the gateway over whichever connection there is, no faster than it takes [L1]. */
export class SocketRequests {
  private readonly paces = requestPaces();

  constructor(private readonly connection: () => AskedSocket | null) {}

  /**
   * Asks on subscribing, and says what was granted.
   *
   * @throws RefusalError the server's refusal; `timeout` [C9]; `unavailable` while not connected
   */
  ask<Data>(verb: Verb, payload: object, answered: v.GenericSchema<unknown, Acknowledgement<Data>>): Observable<Data> {
    return this.send(verb, payload).pipe(map((raw) => granted(understood(answered, raw))));
  }

  /** Answers in the very moment in which the answer arrives: events that follow it are later, not earlier. Fails as {@link ask}. */
  send(verb: Verb, payload: object): Observable<unknown> {
    return new Observable((answers) => {
      const socket = this.connection();
      const send = () => {
        if (!socket?.connected)
          return answers.error(new RefusalError('unavailable', 'There is no connection to the gateway at the moment.'));
        socket.timeout(ANSWER_TIMEOUT_MS).emit(verb, payload, (unanswered, raw) => {
          if (unanswered) return answers.error(new RefusalError('timeout'));
          answers.next(raw);
          answers.complete();
        });
      };
      const pace = verb === 'jobs:sync' ? this.paces.sync : this.paces.other;
      const wait = socket?.connected ? pace.take() : 0;
      if (wait === 0) return send();
      const waiting = setTimeout(send, wait);
      return () => clearTimeout(waiting);
    });
  }
}

/** @throws RefusalError when it was refused */
function granted<Data>(answer: Acknowledgement<Data>): Data {
  if (answer.ok) return answer.data;
  throw refusalError(answer.error);
}
