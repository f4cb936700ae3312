/** Stands in for the clock of animation frames: a frame comes when the test says so. */
export class FramesByHand {
  private task: (() => void) | null = null;

  schedule(task: () => void): void {
    this.task ??= task;
  }

  cancel(): void {
    this.task = null;
  }

  /** Draws one frame. */
  draw(): void {
    const { task } = this;
    this.task = null;
    task?.();
  }
}
