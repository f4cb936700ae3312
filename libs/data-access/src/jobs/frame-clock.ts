import { DestroyRef, DOCUMENT, inject, Injectable } from '@angular/core';

/** In a hidden page, milliseconds between two runs: browsers draw no frames there. */
const HIDDEN_INTERVAL_MS = 250;

/**
 * Runs a task at the next animation frame; in a hidden page at once when the last run was long enough ago, else by a timer
 * [C4]. At most one task waits.
 */
@Injectable()
export class FrameClock {
  private readonly document = inject(DOCUMENT);
  private waiting: { readonly task: () => void; readonly cancel: () => void } | null = null;
  private lastRun = -Infinity;

  constructor() {
    // A page that is hidden while a task waits would keep it until it is shown again.
    const reschedule = () => {
      const task = this.waiting?.task;
      this.cancel();
      if (task) this.schedule(task);
    };
    this.document.addEventListener('visibilitychange', reschedule);
    inject(DestroyRef).onDestroy(() => {
      this.document.removeEventListener('visibilitychange', reschedule);
      this.cancel();
    });
  }

  /** Runs the task soon; a task that waits already is the one that runs. */
  schedule(task: () => void): void {
    if (this.waiting) return;
    if (this.document.visibilityState !== 'hidden') this.atNextFrame(task);
    else this.whileHidden(task);
  }

  /** Forgets the task that waits. */
  cancel(): void {
    this.waiting?.cancel();
    this.waiting = null;
  }

  private atNextFrame(task: () => void): void {
    const frame = requestAnimationFrame(() => this.run(task));
    this.waiting = { task, cancel: () => cancelAnimationFrame(frame) };
  }

  private whileHidden(task: () => void): void {
    const wait = this.lastRun + HIDDEN_INTERVAL_MS - performance.now();
    if (wait <= 0) return this.run(task);
    const timer = setTimeout(() => this.run(task), wait);
    this.waiting = { task, cancel: () => clearTimeout(timer) };
  }

  private run(task: () => void): void {
    this.waiting = null;
    this.lastRun = performance.now();
    task();
  }
}
