import { DOCUMENT, inject, Injectable } from '@angular/core';
import * as v from 'valibot';
import { DemoUserSchema, type DemoUser } from './demo-sign-in';

const KEY = 'harmonia-demo-user';
const KeptSchema = v.pipe(v.string(), v.parseJson(), DemoUserSchema);

/** Who this tab is signed in as, across reloads. Never a token: that is asked for anew. */
@Injectable({ providedIn: 'root' })
export class RememberedUser {
  private readonly storage = inject(DOCUMENT).defaultView?.sessionStorage;

  /** Null when nobody is remembered, or when what is kept is none of ours. */
  read(): DemoUser | null {
    const kept = v.safeParse(KeptSchema, this.storage?.getItem(KEY));
    return kept.success ? kept.output : null;
  }

  /** Null forgets. */
  write(user: DemoUser | null): void {
    if (user) this.storage?.setItem(KEY, JSON.stringify(user));
    else this.storage?.removeItem(KEY);
  }
}
