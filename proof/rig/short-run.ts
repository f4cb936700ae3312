import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { hasRedis } from './redis-process.ts';

/** Runs a proof as `npm run proof` does, in about so many seconds; prints its line and answers its figures. */
export function shortRun<Printed>(id: string, seconds: number): Printed {
  const run = spawnSync(process.execPath, [join(__dirname, '../run.ts'), id, '--seconds', String(seconds)], { encoding: 'utf8' });
  process.stdout.write(run.stdout);
  expect(run.stderr).toBe('');
  expect(run.status).toBe(0);
  // what run.ts prints are the figures of this proof
  return JSON.parse(run.stdout) as Printed;
}

/** A proof that needs redis-server: without it its title says that it was not run, and in CI that is a failure. */
export function itWithRedis(title: string, body: (() => void) | (() => Promise<void>), timeoutMs: number): void {
  if (hasRedis()) return void it(title, body, timeoutMs);
  it(`${title}: NOT RUN, since there is no redis-server on the PATH`, () => expect(process.env['CI']).toBeUndefined());
}

/** The same for several. */
export function describeWithRedis(title: string, body: () => void): void {
  if (hasRedis()) return describe(title, body);
  it(`${title}: NOT RUN, since there is no redis-server on the PATH`, () => expect(process.env['CI']).toBeUndefined());
}
