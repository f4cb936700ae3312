/** Ends a watch; calling it again does nothing. */
export type EndWatch = () => void;

/** What views look at, counted: two of one thing are one watch, which ends with the last [C5]. */
export class CountedViews {
  private readonly views = new Map<string, number>();

  /** @param changed whenever something is looked at for the first time, or no longer */
  constructor(private readonly changed: () => void) {}

  /** What is looked at, for the longest first. */
  get ids(): readonly string[] {
    return [...this.views.keys()];
  }

  /** Looks at something until the answer is called. */
  add(id: string): EndWatch {
    const views = (this.views.get(id) ?? 0) + 1;
    this.views.set(id, views);
    if (views === 1) this.changed();
    let isOver = false;
    return () => {
      if (!isOver) this.leave(id);
      isOver = true;
    };
  }

  private leave(id: string): void {
    const views = (this.views.get(id) ?? 1) - 1;
    if (views > 0) this.views.set(id, views);
    else {
      this.views.delete(id);
      this.changed();
    }
  }
}
