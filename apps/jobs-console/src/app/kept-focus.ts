import { afterEveryRender, DestroyRef, DOCUMENT, inject } from '@angular/core';

/**
 * Keeps the focus where it was when what had it is gone, or cannot have it any more: a button that was pressed and made way for
 * another one, or waits for its answer. What is still there of its surroundings has it then, so that the Tab key goes on from
 * there and a screen reader is not sent back to the top. Whoever gives the focus to something better does so afterwards.
 *
 * @throws when called outside an injection context
 */
export function keepFocus(): void {
  const document = inject(DOCUMENT);
  /** What had the focus last, and what it is in. */
  let path: readonly EventTarget[] = [];
  const remember = (event: Event) => (path = event.composedPath());
  // a click on nothing means to leave it
  const forget = () => (path = []);
  document.addEventListener('focusin', remember);
  document.addEventListener('pointerdown', forget, { capture: true });
  inject(DestroyRef).onDestroy(() => {
    document.removeEventListener('focusin', remember);
    document.removeEventListener('pointerdown', forget, { capture: true });
  });
  afterEveryRender(() => {
    if (document.activeElement !== document.body || path.length === 0) return;
    path.find((target) => target instanceof HTMLElement && target.isConnected && takesFocus(target));
  });
}

/** Whether it has the focus now, be it one that the Tab key does not lead to. */
function takesFocus(element: HTMLElement): boolean {
  const hasIt = () => element.ownerDocument.activeElement === element;
  element.focus({ preventScroll: true });
  if (hasIt() || element.matches(':disabled')) return hasIt();
  element.tabIndex = -1;
  element.addEventListener('blur', () => element.removeAttribute('tabindex'), { once: true });
  element.focus({ preventScroll: true });
  return hasIt();
}
