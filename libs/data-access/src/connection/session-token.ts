import { effect, inject, Injectable, Injector, runInInjectionContext, untracked } from '@angular/core';
import type { Refusal } from '@harmonia/contract';
import { Observable } from 'rxjs';
import { TOKEN_SOURCE } from './token-source';

/** Asks the host for the token; keeps none [C8]. */
@Injectable()
export class SessionToken {
  private readonly injector = inject(Injector);
  private readonly source = inject(TOKEN_SOURCE);

  /** The source's answer now, and again whenever a signal that it reads changes. */
  readonly answers = new Observable<Promise<string | null>>((answers) => {
    const following = effect(
      () => {
        const answer = this.ask(null);
        untracked(() => answers.next(answer));
      },
      { injector: this.injector },
    );
    return () => following.destroy();
  });

  /** The token, null when nobody is signed in; `refusal` says why the last one was not good. */
  ask(refusal: Refusal | null): Promise<string | null> {
    return new Promise((answer) => answer(runInInjectionContext(this.injector, () => this.source(refusal))));
  }
}
