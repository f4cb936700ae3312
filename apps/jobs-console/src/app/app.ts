import { ChangeDetectionStrategy, Component, computed, type ElementRef, inject, viewChild } from '@angular/core';
import { NavigationEnd, Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { injectConnection } from '@harmonia/data-access';
import { ConnectionBadge, Icon } from '@harmonia/ui';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { distinctUntilChanged, filter, map, skip } from 'rxjs';
import { keepFocus } from './kept-focus';
import { ToldPeople } from './messages/told-people';
import { Session } from './session/session';

/** The frame around every page: who is here, how the connection stands, and the way out. */
@Component({
  selector: 'harmonia-root',
  imports: [ConnectionBadge, Icon, RouterLink, RouterLinkActive, RouterOutlet, ToldPeople],
  templateUrl: './app.html',
  styleUrl: './app.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class App {
  private readonly router = inject(Router);
  private readonly session = inject(Session);
  private readonly main = viewChild.required<ElementRef<HTMLElement>>('main');

  protected readonly connection = injectConnection();
  protected readonly user = this.session.user;
  protected readonly isAdmin = this.session.isAdmin;
  /** While a lost connection is tried again, the badge stays at that; it is there only while somebody is, who is never idle. */
  protected readonly phase = computed(() => {
    const { phase } = this.connection.trouble() ?? this.connection.state();
    return phase === 'idle' ? 'connecting' : phase;
  });

  constructor() {
    keepFocus();
    // A screen reader starts at the new page, not where the old one ended; filters in the address make no new page.
    this.router.events
      .pipe(
        filter((event) => event instanceof NavigationEnd),
        map(({ urlAfterRedirects }) => urlAfterRedirects.split('?')[0]),
        distinctUntilChanged(),
        skip(1),
        takeUntilDestroyed(),
      )
      .subscribe(() => this.skipToContent());
  }

  protected skipToContent(): void {
    this.main().nativeElement.focus({ preventScroll: true });
  }

  protected async signOut(): Promise<void> {
    this.session.signOut();
    await this.router.navigateByUrl('/sign-in');
  }
}
