import type { EnvironmentProviders, Provider } from '@angular/core';
import { createApplication } from '@angular/platform-browser';
import { setMaxListeners } from 'node:events';

/** All that Angular and NgRx ask of a document as long as nothing is drawn: it is visible, and nothing ever happens to it. */
class BlankDocument extends EventTarget {
  readonly visibilityState = 'visible';
  readonly defaultView = null;
}

/** An Angular application that shows nothing: each has a store of its own. In a program whose first import is `@angular/compiler`. */
export function page(providers: readonly (Provider | EnvironmentProviders)[]) {
  if (!('document' in globalThis)) {
    const frames = { requestAnimationFrame: (draw: () => void) => setTimeout(draw, 16), cancelAnimationFrame: clearTimeout };
    const document = new BlankDocument();
    // pages of one program share it
    setMaxListeners(0, document);
    Object.assign(globalThis, { document, ...frames });
  }
  return createApplication({ providers: [...providers] });
}
