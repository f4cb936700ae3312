import { DestroyRef, DOCUMENT, inject, Injectable } from '@angular/core';

/** So long a screen reader is left alone after something important, and after anything else. */
const BREATH_MS = 1_000;
const PAUSE_MS = 5_000;
/** Between emptying the region and filling it, so that the same words again are a change. */
const GAP_MS = 100;
/** More at once is not listened to. */
const MOST_AT_ONCE = 3;

/**
 * The one polite live region of the page, for everybody who has something to say to screen readers. What is told is said at
 * once, and gathered where much comes within a second; what is only mentioned waits until nothing was said for five.
 *
 * @example
 * announcer.mention('job-1', 'Report: 50 %'); // again before it was said: the newer takes its place
 * announcer.tell('Report has completed');
 */
@Injectable({ providedIn: 'root' })
export class Announcer {
  private readonly region = regionIn(inject(DOCUMENT));
  private told: string[] = [];
  private readonly mentioned = new Map<string, string>();
  private lastSaid = -Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private filling: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    inject(DestroyRef).onDestroy(() => {
      this.clear();
      this.region.remove();
    });
  }

  /** Says it now, or within a second of what was said before. */
  tell(sentence: string): void {
    this.told.push(sentence);
    this.schedule();
  }

  /** Says it when nothing was said for five seconds, if nothing newer of the same topic comes up. */
  mention(topic: string, sentence: string): void {
    this.mentioned.set(topic, sentence);
    this.schedule();
  }

  /** What waits of this topic is no longer worth saying. */
  drop(topic: string): void {
    this.mentioned.delete(topic);
  }

  /** Takes everything back, also what is in the region: it may be of a user who is gone. */
  clear(): void {
    clearTimeout(this.timer);
    this.told = [];
    this.mentioned.clear();
    this.fill('');
  }

  private schedule(): void {
    clearTimeout(this.timer);
    const due = this.lastSaid + (this.told.length > 0 ? BREATH_MS : PAUSE_MS);
    const wait = due - Date.now();
    if (wait > 0) this.timer = setTimeout(() => this.say(), wait);
    else this.say();
  }

  private fill(words: string): void {
    clearTimeout(this.filling);
    this.region.textContent = '';
    if (words !== '') this.filling = setTimeout(() => (this.region.textContent = words), GAP_MS);
  }

  private say(): void {
    const sentences = this.told.length > 0 ? this.told : [...this.mentioned.values()];
    if (sentences.length === 0) return;
    this.lastSaid = Date.now();
    this.fill(inOne(sentences));
    if (this.told.length > 0) this.told = [];
    else this.mentioned.clear();
    if (this.mentioned.size > 0) this.schedule();
  }
}

/** Hidden by the class that the application's styles have for it. */
function regionIn(document: Document): HTMLElement {
  const region = document.createElement('div');
  region.className = 'visually-hidden';
  region.setAttribute('aria-live', 'polite');
  region.setAttribute('aria-atomic', 'true');
  document.body.append(region);
  return region;
}

function inOne(sentences: readonly string[]): string {
  const more = sentences.length - MOST_AT_ONCE;
  const said = sentences.slice(0, MOST_AT_ONCE).join('. ');
  return more > 0 ? `${said}. And ${more} more.` : said;
}
