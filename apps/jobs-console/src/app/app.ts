import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterOutlet } from '@angular/router';

@Component({
  selector: 'harmonia-root',
  imports: [RouterOutlet],
  template: '<h1>Harmonia</h1><router-outlet />',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class App {}
