// The whole Jest set-up, one function a kind of project; a project's own jest.config.cjs is one line.
const { join } = require('node:path');
const nxPreset = require('@nx/jest/preset').default;

// ESM-only packages that Jest must compile to CommonJS (so that no --experimental-vm-modules is needed).
const esmOnly = [
  '@nestjs',
  '@borewit',
  '@tokenizer',
  'cookie',
  'file-type',
  'iterare',
  'jose',
  'load-esm',
  'pdfjs-dist',
  'strtok3',
  'token-types',
  'uid',
  'uint8array-extras',
];

const swc = {
  swcrc: false,
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

const everyProject = (name) => ({
  ...nxPreset,
  displayName: name,
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  reporters: ['default', join(__dirname, 'tools/jest-count-reporter.cjs')],
  collectCoverage: process.env.COVERAGE === 'true',
  collectCoverageFrom: ['src/**/*.ts', 'operations/src/**/*.ts', '!**/*.{spec,suite,fixture}.ts', '!**/src/index.ts', '!src/main.ts'],
  coverageDirectory: join(__dirname, 'coverage', name),
  coverageReporters: ['json-summary', 'lcovonly'],
});

/** Contract and server wing: swc compiles TypeScript (decorator metadata included) and the ESM-only packages. */
exports.nodeProject = (name) => ({
  ...everyProject(name),
  testEnvironment: 'node',
  transform: { '^.+\\.[cm]?[tj]s$': ['@swc/jest', swc] },
  transformIgnorePatterns: [`/node_modules/(?!\\.pnpm|(?:${esmOnly.join('|')})/)`],
});

/** Client wing: zoneless Angular in jsdom. */
exports.angularProject = (name) => ({
  ...everyProject(name),
  testEnvironment: 'jest-environment-jsdom',
  setupFilesAfterEnv: [join(__dirname, 'tools/jest-angular-setup.cjs')],
  transform: {
    '^.+\\.(ts|mjs|js|html)$': [
      'jest-preset-angular',
      { tsconfig: '<rootDir>/tsconfig.json', stringifyContentPathRegex: '\\.(html|svg)$' },
    ],
  },
  transformIgnorePatterns: ['node_modules/(?!.*\\.mjs$)'],
  snapshotSerializers: [
    'jest-preset-angular/build/serializers/no-ng-attributes',
    'jest-preset-angular/build/serializers/ng-snapshot',
    'jest-preset-angular/build/serializers/html-comment',
  ],
});
