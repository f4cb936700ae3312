// Writes how many browser tests passed and failed, for tools/test.mjs to add up. Idle unless TEST_COUNTS names a folder.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Only a test that ran and passed at its first attempt has passed: skipped and flaky ones count as failed. */
export default class PlaywrightCountReporter {
  #suite;
  #errors = 0;

  onBegin(config, suite) {
    this.#suite = suite;
  }

  onError() {
    this.#errors += 1;
  }

  onEnd() {
    const folder = process.env.TEST_COUNTS;
    if (!folder) return;
    const tests = this.#suite?.allTests() ?? [];
    const passed = tests.filter((test) => test.outcome() === 'expected').length;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'jobs-console-e2e.json'), JSON.stringify({ passed, failed: tests.length - passed + this.#errors }));
  }
}
