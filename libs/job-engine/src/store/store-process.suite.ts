import { writeSync } from 'node:fs';
import { DataDirectoryError } from './data-directory-error.js';
import { SqliteJobStore } from './sqlite-job-store.js';
import { complete, create, report } from './store-probe.suite.js';

/**
 * A process of its own for the specs: opens the store in the directory of its first argument and says `open`, or says the
 * code with which it was refused. With `commit` as its second argument it then commits whole jobs for ever and names each
 * once it is committed.
 */
async function main([directory = '', task]: readonly string[]): Promise<void> {
  const store = openOrExit(directory);
  say('open');
  if (task !== 'commit') return void setInterval(() => store, 60_000);
  for (let count = 0; ; count++) {
    const id = `job-${process.pid}-${count}`;
    await store.apply([create(id, { tags: ['kept'], input: { count } }), report(id), complete(id, { count })]);
    say(id);
  }
}

function openOrExit(directory: string): SqliteJobStore {
  try {
    return SqliteJobStore.open({ directory });
  } catch (error) {
    say(error instanceof DataDirectoryError ? error.code : String(error));
    process.exit(1);
  }
}

const say = (line: string): void => void writeSync(1, `${line}\n`);

void main(process.argv.slice(2));
