import { DOCUMENT, inject, Injectable } from '@angular/core';
import { defer, distinctUntilChanged, EMPTY, filter, fromEvent, interval, map, merge, startWith, type Observable } from 'rxjs';

/** Milliseconds after which a page that was hidden may have missed something: browsers slow down and freeze such pages. */
const LONG_HIDDEN_MS = 30_000;
const TICK_MS = 15_000;

/** Tells when the page is back after it could not listen [S5, C7]. */
@Injectable()
export class PageWake {
  private readonly document = inject(DOCUMENT);

  /** It can be reached and seen again, however short it was away: the moment to connect. */
  readonly returns: Observable<void> = defer(() =>
    merge(this.online(), this.unfrozen(), this.changes().pipe(filter(() => !this.isHidden))),
  ).pipe(map(() => undefined));

  /** It may have missed something: it is online again, comes out of the cache, was hidden for long, or the machine slept. */
  readonly wakes: Observable<void> = defer(() => merge(this.online(), this.unfrozen(), this.shownAgain(), this.slept())).pipe(
    map(() => undefined),
  );

  /** Whether somebody may see it, now and with every change. */
  readonly seen: Observable<boolean> = defer(() => this.changes().pipe(startWith(undefined))).pipe(
    map(() => !this.isHidden),
    distinctUntilChanged(),
  );

  /** Nobody sees it. */
  get isHidden(): boolean {
    return this.document.visibilityState === 'hidden';
  }

  private online(): Observable<unknown> {
    return this.said('online');
  }

  /** Pages that the back button brings are as they were left, connections aside. */
  private unfrozen(): Observable<unknown> {
    return this.said('pageshow').pipe(filter((event) => 'persisted' in event && event.persisted === true));
  }

  private said(name: string): Observable<Event> {
    return this.document.defaultView ? fromEvent(this.document.defaultView, name) : EMPTY;
  }

  private changes(): Observable<unknown> {
    return fromEvent(this.document, 'visibilitychange');
  }

  private shownAgain(): Observable<unknown> {
    let hiddenAt = this.isHidden ? Date.now() : Infinity;
    return this.changes().pipe(
      filter(() => {
        const wasLong = !this.isHidden && Date.now() - hiddenAt >= LONG_HIDDEN_MS;
        hiddenAt = this.isHidden ? Date.now() : Infinity;
        return wasLong;
      }),
    );
  }

  /** A tick that comes very late, in a page that is not slowed down. */
  private slept(): Observable<unknown> {
    let lastTick = Date.now();
    return interval(TICK_MS).pipe(
      filter(() => {
        const wasLong = Date.now() - lastTick >= TICK_MS + LONG_HIDDEN_MS;
        lastTick = Date.now();
        return wasLong && !this.isHidden;
      }),
    );
  }
}
