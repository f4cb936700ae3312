import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Runs a proof as `npm run proof` does, in about so many seconds; prints its line and answers its figures. */
export function shortRun<Printed>(id: string, seconds: number): Printed {
  const run = spawnSync(process.execPath, [join(__dirname, '../run.ts'), id, '--seconds', String(seconds)], { encoding: 'utf8' });
  process.stdout.write(run.stdout);
  expect(run.stderr).toBe('');
  expect(run.status).toBe(0);
  // what run.ts prints are the figures of this proof
  return JSON.parse(run.stdout) as Printed;
}
