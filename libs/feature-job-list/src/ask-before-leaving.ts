import { assertInInjectionContext, DOCUMENT, effect, inject, type Signal } from '@angular/core';

/**
 * Has the browser ask before the page is closed or loaded anew while this holds. Otherwise nothing listens, since that would
 * keep the page out of the browser's back/forward cache.
 *
 * @throws when called outside an injection context
 * @example askBeforeLeaving(computed(() => this.all().length > 0));
 */
export function askBeforeLeaving(holds: Signal<boolean>): void {
  assertInInjectionContext(askBeforeLeaving);
  const view = inject(DOCUMENT).defaultView;
  const ask = (event: Event) => event.preventDefault();
  effect((onCleanup) => {
    if (!holds()) return;
    view?.addEventListener('beforeunload', ask);
    onCleanup(() => view?.removeEventListener('beforeunload', ask));
  });
}
