import { provideBrowserGlobalErrorListeners, type ApplicationConfig } from '@angular/core';
import { provideRouter } from '@angular/router';
import { provideHarmonia } from '@harmonia/data-access';
import { JobDetail } from '@harmonia/feature-job-detail';
import { JobList } from '@harmonia/feature-job-list';

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideRouter([
      { path: '', pathMatch: 'full', redirectTo: 'jobs' },
      { path: 'jobs', component: JobList },
      { path: 'jobs/:id', component: JobDetail },
    ]),
    provideHarmonia(),
  ],
};
