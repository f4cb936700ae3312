const { angularProject, nodeProject } = require('../jest.preset.js');

const ofTheWholeRun = ['reporters', 'coverageReporters'];
const part = (project) => Object.fromEntries(Object.entries(project).filter(([option]) => !ofTheWholeRun.includes(option)));
const server = nodeProject('proof');
const page = angularProject('proof');
const generated = '/(g16-guide|siblings)/tmp/';

// Two wings, two compilers: *.page.spec.ts run Angular in a page, everything else runs in Node.
module.exports = {
  reporters: server.reporters,
  projects: [
    { ...part(server), testPathIgnorePatterns: ['\\.page\\.spec\\.ts$', generated] },
    {
      ...part(page),
      testEnvironment: '<rootDir>/g16-guide/page-environment.cjs',
      testMatch: ['**/*.page.spec.ts'],
      testPathIgnorePatterns: [generated],
      // these also run without Jest, as ES modules
      transform: { '/(proof/rig|test-processes)/.+\\.ts$': Object.values(server.transform)[0], ...page.transform },
    },
  ],
};
