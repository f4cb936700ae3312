/** Calls off what was to be done. */
export type CallOff = () => void;

/** What is due at the same time, and the timer that they share. */
interface Due {
  readonly works: Set<() => void>;
  readonly timer: NodeJS.Timeout;
}

/** What waits is due at multiples of so many ms: then many jobs share a commit, and a timer. */
const COMMON_MS = 20;

/** Does what is due at times that all have in common. */
export class CommonTimes {
  private readonly dues = new Map<number, Due>();

  /** At the first common time that is not before this one, as `performance.now()` counts. */
  after(notBefore: number, work: () => void): CallOff {
    const time = Math.ceil(Math.max(notBefore, performance.now()) / COMMON_MS) * COMMON_MS;
    const due = this.dues.get(time) ?? this.begin(time);
    due.works.add(work);
    return () => {
      due.works.delete(work);
      if (due.works.size === 0) this.end(time, due);
    };
  }

  private begin(time: number): Due {
    const works = new Set<() => void>();
    const timer = setTimeout(() => {
      this.dues.delete(time);
      works.forEach((work) => work());
    }, time - performance.now());
    const due = { works, timer };
    this.dues.set(time, due);
    return due;
  }

  private end(time: number, due: Due): void {
    clearTimeout(due.timer);
    if (this.dues.get(time) === due) this.dues.delete(time);
  }
}
