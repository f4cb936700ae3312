import { RefusalError } from '@harmonia/contract';
import { Logger } from '@nestjs/common';
import { errors } from 'jose';

/** Keys that could not be fetched are not asked for again at once: any stranger can send tokens that ask for them, ms. */
const REST_MS = 1000;
const AWAY = 'Try again shortly: the keys of the session tokens cannot be fetched.';

/** Tells apart that a token is not good and that its keys cannot be had: then nobody is let in, and it is `unavailable`. */
export class KeysOutage {
  private readonly log = new Logger('HarmoniaSessions');
  private restUntil = 0;
  private isAway = false;

  /** @throws RefusalError `unavailable`; and whatever says that there is no such key. */
  async guard<Key>(fetch: () => Promise<Key>): Promise<Key> {
    if (Date.now() < this.restUntil) throw new RefusalError('unavailable', AWAY);
    try {
      const key = await fetch();
      this.recovered();
      return key;
    } catch (error) {
      if (isOfTheToken(error)) throw error;
      throw this.suffer(error);
    }
  }

  private suffer(error: unknown): RefusalError {
    this.restUntil = Date.now() + REST_MS;
    if (!this.isAway)
      this.log.error(`The keys of the session tokens cannot be fetched: ${error instanceof Error ? error.message : 'no reason'}`);
    this.isAway = true;
    return new RefusalError('unavailable', AWAY);
  }

  private recovered(): void {
    if (this.isAway) this.log.log('The keys of the session tokens can be fetched again.');
    this.isAway = false;
  }
}

const isOfTheToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys || error instanceof errors.JOSENotSupported;
