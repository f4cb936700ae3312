import { ChangeDetectionStrategy, Component, inject, input, resource, signal } from '@angular/core';
import { Router } from '@angular/router';
import { Avatar, Icon, LongWait, Notice } from '@harmonia/ui';
import { DemoSignIn, type DemoUser } from '../session/demo-sign-in';
import { Session } from '../session/session';

/** Sign in as one of the demo users. */
@Component({
  selector: 'harmonia-sign-in',
  imports: [Avatar, Icon, LongWait, Notice],
  templateUrl: './sign-in.html',
  styleUrl: './sign-in.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SignIn {
  /** Where to go once signed in: a path of this page. */
  readonly to = input<string>();

  private readonly demo = inject(DemoSignIn);
  private readonly session = inject(Session);
  private readonly router = inject(Router);

  protected readonly hasEnded = this.session.hasEnded;
  protected readonly users = resource({ loader: () => this.demo.users() });
  /** The id of whoever is being signed in. */
  protected readonly pending = signal<string | null>(null);
  protected readonly failed = signal(false);

  protected async signIn({ id }: DemoUser): Promise<void> {
    if (this.pending()) return;
    this.pending.set(id);
    this.failed.set(false);
    try {
      await this.session.signIn(id);
      await this.router.navigateByUrl(this.to() ?? '/');
    } catch {
      this.failed.set(true);
    } finally {
      this.pending.set(null);
    }
  }

  protected aboutUser({ roles, scopes }: DemoUser): string {
    if (roles.includes('admin')) return 'Administrator: may see everybody’s jobs';
    return scopes.includes('jobs:report') ? 'Worker: reports on jobs run elsewhere' : 'Sees jobs of their own';
  }
}
