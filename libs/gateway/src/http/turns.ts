/**
 * Lets work on the same name happen one after the other, and on different names at once.
 *
 * @example await turns.take(jobId, () => this.store(jobId));
 */
export class Turns {
  private readonly latest = new Map<string, Promise<unknown>>();

  async take<Outcome>(name: string, work: () => Promise<Outcome>): Promise<Outcome> {
    const before = this.latest.get(name) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.latest.set(name, turn);
    try {
      return await turn;
    } finally {
      if (this.latest.get(name) === turn) this.latest.delete(name);
    }
  }
}
