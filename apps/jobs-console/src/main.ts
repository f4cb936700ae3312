import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './app/app';
import { appConfig } from './app/app.config';
import { loadConfig } from './app/console-config';

loadConfig(new URL('config.json', document.baseURI))
  .then((config) => bootstrapApplication(App, appConfig(config)))
  .catch((error: unknown) => {
    console.error(error);
    // There is no application that could say it.
    document.body.textContent = error instanceof Error ? `Harmonia did not start. ${error.message}` : 'Harmonia did not start.';
  });
