import { ChangeDetectionStrategy, Component } from '@angular/core';

@Component({
  selector: 'harmonia-job-list',
  template: '',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class JobList {}
