import { inject, Injectable, Injector, runInInjectionContext } from '@angular/core';
import type { Refusal } from '@harmonia/contract';
import { TOKEN_SOURCE } from './token-source';

/** Asks the host for the token; keeps none [C8]. */
@Injectable()
export class SessionToken {
  private readonly injector = inject(Injector);
  private readonly source = inject(TOKEN_SOURCE);

  /** The token, null when nobody is signed in; `refusal` says why the last one was not good. */
  ask(refusal: Refusal | null): Promise<string | null> {
    return new Promise((answer) => answer(runInInjectionContext(this.injector, () => this.source(refusal))));
  }
}
