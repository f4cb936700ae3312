import type { RedisProblem } from './redis-problem.js';

/** The troubles of several connections, told as those of one: each kind once, and when all are over. */
export class RedisTroubles {
  readonly #tell: (problem: RedisProblem | null) => void;
  readonly #lasting = new Map<number, RedisProblem>();

  constructor(tell: (problem: RedisProblem | null) => void) {
    this.#tell = tell;
  }

  /** @param connection which one it is */
  hear(connection: number, problem: RedisProblem | null): void {
    if (!problem) {
      const isOver = this.#lasting.delete(connection) && this.#lasting.size === 0;
      if (isOver) this.#tell(null);
      return;
    }
    const isKnown = [...this.#lasting.values()].some(({ code }) => code === problem.code);
    this.#lasting.set(connection, problem);
    if (!isKnown) this.#tell(problem);
  }
}
