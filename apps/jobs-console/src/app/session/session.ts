import { HttpErrorResponse } from '@angular/common/http';
import { computed, inject, Injectable, signal, untracked } from '@angular/core';
import { Router } from '@angular/router';
import type { TokenSource } from '@harmonia/data-access';
import { DemoSignIn, type DemoUser } from './demo-sign-in';
import { RememberedUser } from './remembered-user';

/** The demo no longer lets this user in; after anything else it is worth another try. */
const REFUSED = [400, 401, 403, 404];

/** Who is signed in. The token is in memory alone, so that after a reload there is none until the gateway gives another. */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly demo = inject(DemoSignIn);
  private readonly remembered = inject(RememberedUser);
  private readonly router = inject(Router);
  private readonly current = signal(this.remembered.read());
  private readonly ended = signal(false);
  private known: string | null = null;
  private renewal: Promise<string | null> | null = null;

  /** The signed-in user, null while nobody is; a reload does not change it, whether the gateway can be reached or not. */
  readonly user = computed(() => this.current(), { equal: (one, other) => one?.id === other?.id });

  /** Whether it ended without them: they were signed in, and are no longer let in. */
  readonly hasEnded = this.ended.asReadonly();

  /** Whether the pages for administrators are worth showing to them. */
  readonly isAdmin = computed(() => this.user()?.roles.includes('admin') ?? false);

  /** The token for Harmonia, which follows who is signed in; a refused token, and one not yet there, is asked for once for all. */
  readonly token: TokenSource = (refusal) => {
    const user = this.user();
    if (!user) return null;
    if (this.known !== null && !refusal) return this.known;
    this.renewal ??= untracked(() => this.renew(user));
    return this.renewal;
  };

  /** Signs a demo user in. */
  async signIn(id: string): Promise<void> {
    const { user, token } = await this.demo.signIn(id);
    this.begin(user, token);
  }

  /** Forgets who was signed in, and their token, with which nobody gets in any more; that is not waited for. */
  signOut(): void {
    if (this.known !== null) void this.demo.signOut(this.known);
    this.begin(null, null);
  }

  private begin(user: DemoUser | null, token: string | null): void {
    this.renewal = null;
    this.known = token;
    this.ended.set(false);
    this.remembered.write(user);
    this.current.set(user);
  }

  /** Null when the user is gone by then, or no longer let in. */
  private async renew(user: DemoUser): Promise<string | null> {
    const isGone = () => this.user()?.id !== user.id;
    try {
      const { token } = await this.demo.signIn(user.id);
      if (isGone()) return null;
      this.begin(user, token);
      return token;
    } catch (error) {
      if (isGone()) return null;
      this.renewal = null;
      if (!(error instanceof HttpErrorResponse && REFUSED.includes(error.status))) throw unreachable(error);
      await this.askAgain();
      return null;
    }
  }

  /** Back to the sign-in, and from there to where they are now. */
  private async askAgain(): Promise<void> {
    const to = this.router.currentNavigation()?.extractedUrl.toString() ?? this.router.url;
    this.begin(null, null);
    this.ended.set(true);
    await this.router.navigate(['/sign-in'], { queryParams: { to } });
  }
}

const unreachable = (cause: unknown) => new Error('The gateway cannot be reached.', { cause });
