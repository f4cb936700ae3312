// Writes how many tests of a project passed and failed, for tools/test.mjs to add up. Idle unless TEST_COUNTS names a folder.
const { mkdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

/** Skipped and todo tests count as failed: a test that did not run has not passed. A suite that could not run counts as one. */
module.exports = class JestCountReporter {
  onRunComplete(contexts, results) {
    const folder = process.env.TEST_COUNTS;
    if (!folder) return;
    const [context] = contexts;
    const counts = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numPendingTests + results.numTodoTests + results.numRuntimeErrorTestSuites,
    };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${context.config.displayName.name}.json`), JSON.stringify(counts));
  }
};
