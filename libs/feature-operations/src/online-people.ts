import { DecimalPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed } from '@angular/core';
import { injectOnlineUsers } from '@harmonia/data-access';
import { People } from '@harmonia/ui';

/** Nobody reads a list of thousands. */
const MOST_NAMED = 50;

/** How many people are online on all nodes, live, and who. Nothing until told, and where the host's policy keeps it to itself [P3]. */
@Component({
  selector: 'harmonia-online-people',
  imports: [DecimalPipe, People],
  template: `
    @if (online.loaded()) {
      @if (online.count() > 1) {
        <span>{{ online.count() | number }} people online</span>
        <harmonia-people [people]="named()" [count]="online.count()" what="are online" />
      } @else {
        <span>Only you are online</span>
      }
    }
  `,
  styles: `
    :host {
      display: flex;
      gap: 0.5rem;
      align-items: center;
      /* That of the avatars, so that nothing moves when they come. */
      min-height: 2.625rem;
      color: var(--mat-sys-on-surface-variant);
      font: var(--mat-sys-body-medium);
      font-variant-numeric: tabular-nums;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class OnlinePeople {
  protected readonly online = injectOnlineUsers();
  protected readonly named = computed(() =>
    this.online
      .users()
      .slice(0, MOST_NAMED)
      .map((user) => ({ ...user, isYou: false })),
  );
}
