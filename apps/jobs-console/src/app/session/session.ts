import { computed, DOCUMENT, inject, Injectable, signal, untracked } from '@angular/core';
import type { TokenSource } from '@harmonia/data-access';
import { DemoSignIn, type DemoSession } from './demo-sign-in';

/** Remembers who, never the token: a reload signs the same demo user in again without asking. */
const REMEMBERED = 'harmonia-demo-user';

/** Who is signed in. The token is in memory alone. */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly demo = inject(DemoSignIn);
  private readonly storage = inject(DOCUMENT).defaultView?.sessionStorage;
  private readonly current = signal<DemoSession | null>(null);

  /** The signed-in user, null while nobody is. */
  readonly user = computed(() => this.current()?.user ?? null, { equal: (one, other) => one?.id === other?.id });

  /** The token for Harmonia, which follows who is signed in; a refused token is replaced by a new one. */
  readonly token: TokenSource = (refusal) => {
    const user = this.user();
    if (!user) return null;
    return refusal ? this.renew(user.id) : (untracked(this.current)?.token ?? null);
  };

  /** Signs a demo user in. */
  async signIn(user: string): Promise<void> {
    await this.renew(user);
    this.storage?.setItem(REMEMBERED, user);
  }

  /** Forgets who was signed in, and their token. */
  signOut(): void {
    this.storage?.removeItem(REMEMBERED);
    this.current.set(null);
  }

  /** Whether somebody is signed in, by signing in again whoever was before a reload. */
  async resume(): Promise<boolean> {
    if (this.user()) return true;
    const remembered = this.storage?.getItem(REMEMBERED);
    if (!remembered) return false;
    return this.renew(remembered).then(
      () => true,
      () => false,
    );
  }

  private async renew(user: string): Promise<string> {
    const session = await this.demo.signIn(user);
    this.current.set(session);
    return session.token;
  }
}
