import { inject } from '@angular/core';
import { createEffect } from '@ngrx/effects';
import { HarmoniaConnection } from './harmonia-connection';

/** Connects while there is a token, and tells how it goes. */
export const stayConnected = createEffect((connection = inject(HarmoniaConnection)) => connection.actions(), { functional: true });
