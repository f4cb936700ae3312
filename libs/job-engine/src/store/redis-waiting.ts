/** Those who wait for a connection to come back. */
export class RedisWaiting {
  readonly #waiting = new Set<() => void>();

  /** Resolves when the waiting has ended, or after so long. */
  until(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, atMostMs);
      this.#waiting.add(done);
    });
  }

  /** Nobody needs to wait any more. */
  end(): void {
    for (const done of this.#waiting) done();
  }
}
