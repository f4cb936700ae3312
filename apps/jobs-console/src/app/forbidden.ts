import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Notice } from '@harmonia/ui';

/** In the place of a page that is not for everybody. */
@Component({
  selector: 'harmonia-forbidden',
  imports: [Notice, RouterLink],
  template: `
    <harmonia-notice icon="lock" heading="For administrators only" [level]="1">
      This page shows how the servers are doing. Sign in as an administrator to see it.
      <a actions class="button tonal" routerLink="/jobs">All jobs</a>
    </harmonia-notice>
  `,
  styleUrl: './notice-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Forbidden {}
