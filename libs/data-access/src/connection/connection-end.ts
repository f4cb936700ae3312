import { RefusalError, REFUSALS, type Refusal, type RefusalRemedy, type SessionClosing } from '@harmonia/contract';
import type { LossReason } from './connection-state';
import { refusalIn } from './understood';

/** Why a connection is over: what its messages fail with. */
export class ConnectionEnd extends Error {
  override readonly name = 'ConnectionEnd';

  constructor(
    readonly reason: LossReason,
    message: string,
    /** Milliseconds to stay away, where the server said so. */
    readonly retryAfterMs = 0,
  ) {
    super(message);
  }

  /** Whatever failed, as an end. */
  static of(error: unknown): ConnectionEnd {
    if (error instanceof ConnectionEnd) return error;
    if (error instanceof RefusalError) return new ConnectionEnd(error.code, error.message, error.retryAfterMs);
    return new ConnectionEnd('unreachable', error instanceof Error ? error.message : 'Something failed on the way to the gateway.');
  }

  /** The refusal that it is; null when the network ended it. */
  get refusal(): Refusal | null {
    return this.reason === 'unreachable' || this.reason === 'cut-off' ? null : { code: this.reason, message: this.message };
  }

  /** What to do about it: the network is tried again. */
  get remedy(): RefusalRemedy {
    return this.reason === 'unreachable' || this.reason === 'cut-off' ? 'retry' : REFUSALS[this.reason].remedy;
  }
}

/** The end of a try that did not get through. */
export const unreachable = (message = 'The gateway cannot be reached.') => new ConnectionEnd('unreachable', message);

/** The end of a handshake: a refusal travels as the error's data [E5]; without one the gateway was not reached. */
export function handshakeEnd(error: Error): ConnectionEnd {
  const refusal = refusalIn('data' in error ? error.data : null);
  return refusal ? ConnectionEnd.of(refusal) : unreachable();
}

/** The end of a connection: what the gateway said before it closed [E5], or cut off where it said nothing. */
export function closingEnd(closing: SessionClosing | null): ConnectionEnd {
  if (!closing) return new ConnectionEnd('cut-off', 'The connection to the gateway was lost.');
  return new ConnectionEnd(closing.code, REFUSALS[closing.code].cure, closing.retryAfterMs);
}
