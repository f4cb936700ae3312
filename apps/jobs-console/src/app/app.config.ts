import { provideHttpClient, withXhr } from '@angular/common/http';
import { inject, provideBrowserGlobalErrorListeners, type ApplicationConfig } from '@angular/core';
import { provideRouter, TitleStrategy, withComponentInputBinding, withInMemoryScrolling } from '@angular/router';
import { provideHarmonia, withGateway, withToken } from '@harmonia/data-access';
import { provideEffects } from '@ngrx/effects';
import { provideStore } from '@ngrx/store';
import { provideStoreDevtools } from '@ngrx/store-devtools';
import { announceJobs, forgetAnnouncements } from './announce-jobs';
import { routes } from './app.routes';
import { CONSOLE_CONFIG, type ConsoleConfig } from './console-config';
import { announceMessages } from './messages/announce-messages';
import { PageTitle } from './page-title';
import { Session } from './session/session';

/** The console's providers, by what `/config.json` says. */
export const appConfig = (config: ConsoleConfig): ApplicationConfig => ({
  providers: [
    provideBrowserGlobalErrorListeners(),
    // fetch, the default, tells nothing of how far an upload is.
    provideHttpClient(withXhr()),
    provideRouter(routes, withComponentInputBinding(), withInMemoryScrolling({ scrollPositionRestoration: 'enabled' })),
    provideStore(),
    provideEffects({ announceJobs, announceMessages, forgetAnnouncements }),
    provideHarmonia(
      withGateway(config.gateway),
      withToken((refusal) => inject(Session).token(refusal)),
    ),
    { provide: TitleStrategy, useClass: PageTitle },
    { provide: CONSOLE_CONFIG, useValue: config },
    // A constant that the production build sets to false, which leaves the tools out.
    ngDevMode ? provideStoreDevtools({ maxAge: 50, connectInZone: false }) : [],
  ],
});
