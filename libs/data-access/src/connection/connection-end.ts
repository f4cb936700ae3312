import { RefusalError, REFUSALS, type Refusal, type RefusalRemedy } from '@harmonia/contract';
import type { LossReason } from './connection-state';

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
