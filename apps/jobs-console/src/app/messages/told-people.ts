import { ChangeDetectionStrategy, Component } from '@angular/core';
import { injectNotifications } from '@harmonia/data-access';
import { Toasts } from '@harmonia/ui';

/** What the user is told, on whatever page. */
@Component({
  selector: 'harmonia-told-people',
  imports: [Toasts],
  template: '<harmonia-toasts [toasts]="told.notifications()" (dismissed)="told.dismiss($event)" />',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ToldPeople {
  protected readonly told = injectNotifications();
}
