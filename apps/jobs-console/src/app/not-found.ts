import { ChangeDetectionStrategy, Component } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { Notice } from '@harmonia/ui';

/** For every address that this page does not have. */
@Component({
  selector: 'harmonia-not-found',
  imports: [MatButton, Notice, RouterLink],
  template: `
    <harmonia-notice icon="document" heading="There is no such page" [level]="1">
      Check the address, or start from your jobs.
      <a actions matButton="tonal" routerLink="/jobs">All jobs</a>
    </harmonia-notice>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class NotFound {}
