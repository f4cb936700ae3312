import { ChangeDetectionStrategy, Component } from '@angular/core';

@Component({
  selector: 'harmonia-job-detail',
  template: '',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class JobDetail {}
