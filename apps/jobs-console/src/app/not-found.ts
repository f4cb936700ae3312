import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Notice } from '@harmonia/ui';

/** For every address that this page does not have. */
@Component({
  selector: 'harmonia-not-found',
  imports: [Notice, RouterLink],
  template: `
    <harmonia-notice icon="document" heading="There is no such page" [level]="1">
      Check the address, or start from your jobs.
      <a actions class="button tonal" routerLink="/jobs">All jobs</a>
    </harmonia-notice>
  `,
  styleUrl: './notice-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class NotFound {}
