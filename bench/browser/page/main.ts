import { runInInjectionContext } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { frameRate } from './frame-rate';
import { guideWay } from './guide-way';
import { harmoniaWay } from './harmonia-way';

const way = location.search === '?guide' ? guideWay : harmoniaWay;

bootstrapApplication(way.page, { providers: [...way.providers] })
  .then(({ injector }) => Object.assign(window, { bench: { frameRate, held: () => runInInjectionContext(injector, way.held) } }))
  .catch((error: unknown) => console.error(error));
