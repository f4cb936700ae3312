import type { LimitFigures } from './g11-limits.ts';
import { shortRun } from './rig/short-run.ts';

it('[G11] holds every limit, and nobody else notices', () => {
  const figures = shortRun<LimitFigures>('G11', 4);
  const { watchesPerSocket, socketsPerUser, strangersPerAddress, eventsPerSecond, bytesPerMessage, requestsPerMinute } = figures;
  const all = [watchesPerSocket, socketsPerUser, strangersPerAddress, eventsPerSecond, bytesPerMessage, requestsPerMinute];
  expect(all.map(({ over }) => over)).toEqual(all.map(() => 0));
  expect(figures).toMatchObject({ eventsPerSecond: { isCutOff: true }, refusedOfHealthy: 0 });
}, 60_000);
