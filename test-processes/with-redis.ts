import { hasRedis } from './redis-server.ts';

const notRun = (title: string): string => `${title}: NOT RUN, since there is no redis-server on the PATH`;
const runsInCi = (): void => expect(process.env['CI']).toBeUndefined();

/**
 * What needs a Redis of its own. On a machine without `redis-server` its title says that it was not run, and in CI it fails: what
 * was not tried there has not passed.
 */
export function describeWithRedis(title: string, body: () => void): void {
  if (hasRedis()) describe(title, body);
  else it(notRun(title), runsInCi);
}

/** The same for one test. */
export function itWithRedis(title: string, body: (() => void) | (() => Promise<void>), timeoutMs?: number): void {
  if (hasRedis()) it(title, body, timeoutMs);
  else it(notRun(title), runsInCi);
}
