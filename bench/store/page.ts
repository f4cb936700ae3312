import type { EnvironmentProviders, Injector, Provider } from '@angular/core';
import { createApplication } from '@angular/platform-browser';

/** All that Angular and NgRx ask of a document as long as nothing is drawn: it is visible, and nothing ever happens to it. */
class BlankDocument extends EventTarget {
  readonly visibilityState = 'visible';
  readonly defaultView = null;
}

/** An Angular application that shows nothing, with its injector: each has a store of its own. */
export async function page(providers: readonly (Provider | EnvironmentProviders)[]): Promise<Injector> {
  if (!('document' in globalThis)) Object.assign(globalThis, { document: new BlankDocument() });
  const { injector } = await createApplication({ providers: [...providers] });
  return injector;
}
