import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const git = (...args: readonly string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim();

/** The libraries of another commit, with the benches and the packages of this checkout. */
export interface Checkout {
  readonly directory: string;
  readonly commit: string;
}

/**
 * Checks a commit out into a temporary directory, which is gone when this process ends, by Ctrl-C too.
 *
 * @throws Error when git knows no such commit
 */
export function checkOut(ref: string): Checkout {
  const commit = git('rev-parse', '--short', '--verify', `${ref}^{commit}`);
  const directory = mkdtempSync(join(tmpdir(), 'harmonia-against-'));
  const packages = join(directory, 'node_modules');
  process.once('exit', () => {
    // the link goes first: nothing may follow it
    rmSync(packages, { force: true });
    rmSync(directory, { recursive: true, force: true });
    git('worktree', 'prune');
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
  git('worktree', 'add', '--detach', directory, commit);
  symlinkSync(join(root, 'node_modules'), packages, 'junction');
  for (const driver of ['bench', 'test-processes']) {
    rmSync(join(directory, driver), { recursive: true, force: true });
    cpSync(join(root, driver), join(directory, driver), { recursive: true });
  }
  return { directory, commit };
}
