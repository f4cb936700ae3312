import nx from '@nx/eslint-plugin';
import angular from 'angular-eslint';
import { defineConfig } from 'eslint/config';

const typescript = ['**/*.ts', '**/*.mts'];
const specs = ['**/*.{spec,suite,fixture}.ts', '{apps/jobs-console-e2e,proof,bench,test-processes}/**/*.{ts,mts}'];
const client = ['apps/jobs-console/**', 'libs/{data-access,ui,feature-*}/**'].map((folder) => `${folder}/*.ts`);
const templates = client.map((glob) => glob.replace('*.ts', '*.html'));

// ── Who may know whom (the drawing of the arrows is in tools/check-graph.mjs) ──

const serverOnly = ['@nestjs/*', 'socket.io', 'engine.io', 'express', 'multer', 'cookie', 'ws', 'pdfjs-dist', 'ioredis', 'bullmq'];
const clientOnly = ['@angular/*', '@ngrx/*'];
const processes = (inTests) => (inTests ? ['type:test-processes'] : []);
const sockets = ['socket.io', 'engine.io', '@nestjs/websockets', '@nestjs/platform-socket.io'];

/**
 * Tests may drive the real thing: a socket.io client against the gateway, a server against the client, fast-check everywhere. Those of
 * the server may start processes too; proof and bench, which Node runs without an alias, name their files.
 */
const boundaries = ({ inTests }) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    {
      allow: ['../../tools/**', ...(inTests ? ['^(\\.\\./)+test-processes/[^/]+\\.ts$'] : [])],
      // specs are never built
      enforceBuildableLibDependency: !inTests,
      depConstraints: [
        {
          sourceTag: 'scope:shared',
          onlyDependOnLibsWithTags: ['scope:shared'],
          allowedExternalImports: ['valibot', 'tslib', ...(inTests ? ['fast-check'] : [])],
        },
        {
          sourceTag: 'scope:client',
          onlyDependOnLibsWithTags: ['scope:client', 'scope:shared'],
          bannedExternalImports: serverOnly.filter((name) => !(inTests && name === 'socket.io')),
        },
        {
          sourceTag: 'scope:server',
          onlyDependOnLibsWithTags: ['scope:server', 'scope:shared', ...processes(inTests)],
          bannedExternalImports: [...clientOnly, ...(inTests ? [] : ['socket.io-client'])],
        },
        { sourceTag: 'scope:test', onlyDependOnLibsWithTags: ['scope:client', 'scope:server', 'scope:shared', ...processes(inTests)] },
        { sourceTag: 'type:test-processes', onlyDependOnLibsWithTags: [] },
        {
          sourceTag: 'type:job-engine',
          onlyDependOnLibsWithTags: ['type:contract', ...processes(inTests)],
          bannedExternalImports: sockets,
        },
        { sourceTag: 'type:gateway', onlyDependOnLibsWithTags: ['type:job-engine', 'type:contract', ...processes(inTests)] },
        {
          sourceTag: 'type:bullmq',
          onlyDependOnLibsWithTags: ['type:job-engine', 'type:contract', ...processes(inTests)],
          bannedExternalImports: sockets,
        },
        { sourceTag: 'type:data-access', onlyDependOnLibsWithTags: ['type:contract'] },
        { sourceTag: 'type:ui', onlyDependOnLibsWithTags: ['type:contract'], bannedExternalImports: ['@ngrx/*', 'socket.io-client'] },
        {
          sourceTag: 'type:feature',
          onlyDependOnLibsWithTags: ['type:data-access', 'type:ui', 'type:contract'],
          bannedExternalImports: ['socket.io-client'],
        },
        {
          sourceTag: 'type:app',
          onlyDependOnLibsWithTags: [
            ...['type:feature', 'type:ui', 'type:data-access'],
            ...['type:gateway', 'type:bullmq', 'type:job-engine', 'type:contract', ...processes(inTests)],
          ],
        },
      ],
    },
  ],
});

// ── One file owns each foreign thing ──

const owned = [
  {
    modules: ['@angular/common/http'],
    owners: ['libs/data-access/**/*.ts', 'apps/jobs-console/**/*.ts'],
    message: 'HTTP belongs to @harmonia/data-access: a feature asks it, not the network.',
  },
  {
    modules: ['socket.io-client'],
    owners: ['libs/data-access/src/connection/realtime-socket.ts'],
    message: 'Only realtime-socket.ts of @harmonia/data-access talks to the socket.',
  },
  {
    modules: ['node:sqlite'],
    owners: ['libs/job-engine/src/store/sqlite-*.ts'],
    message: 'SQL lives in the sqlite-*.ts files of the job store.',
  },
  {
    modules: ['ioredis'],
    owners: ['libs/job-engine/src/store/redis-*.ts', 'libs/gateway/src/nodes/redis-*.ts'],
    message: 'Redis is spoken to in the redis-*.ts files of the job store and of the gateway nodes.',
  },
  {
    modules: ['bullmq'],
    owners: ['libs/bullmq/**/*.ts'],
    message: 'BullMQ is used by @harmonia/bullmq alone.',
  },
  {
    modules: ['jsonwebtoken', '@nestjs/jwt', 'jose'],
    owners: [
      'libs/gateway/src/sessions/{secret,key,keys}-*.ts',
      'libs/gateway/src/shares/share-tokens.ts',
      'apps/jobs-gateway/src/demo-*/**/*.ts',
      'apps/jobs-gateway/src/demo-*.ts',
    ],
    message: 'JWTs are read by the verifiers of the session tokens, and made by the demo sign-in and for shared jobs, nowhere else.',
  },
  {
    modules: ['node:process', 'process'],
    owners: ['apps/jobs-gateway/src/config.ts'],
    message: 'Use the global process; its environment is read by config.ts alone.',
  },
];

const restrictImports = (rules) => ({
  'no-restricted-imports': ['error', ...rules.flatMap(({ modules, message }) => modules.map((name) => ({ name, message })))],
});

const ownership = [
  { files: typescript, rules: restrictImports(owned) },
  ...owned.map((rule) => ({ files: rule.owners, rules: restrictImports(owned.filter((other) => other !== rule)) })),
  {
    files: typescript,
    ignores: ['apps/jobs-gateway/src/config.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Configuration is read once, by apps/jobs-gateway/src/config.ts.' },
      ],
    },
  },
];

// ── How the code is written ──

const style = {
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
  // An empty interface is one that hosts augment (JobTypes).
  '@typescript-eslint/no-empty-interface': 'off',
  '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'always' }],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/no-unsafe-argument': 'error',
  '@typescript-eslint/no-unsafe-assignment': 'error',
  '@typescript-eslint/no-unsafe-call': 'error',
  '@typescript-eslint/no-unsafe-member-access': 'error',
  '@typescript-eslint/no-unsafe-return': 'error',
  '@typescript-eslint/no-unused-vars': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-console': ['error', { allow: ['error'] }],
  'no-restricted-syntax': ['error', { selector: 'ExportAllDeclaration', message: 'The index is the API: name what it exports.' }],
};

/** Tests may cast what they feed to a door, and look at untyped answers. */
const styleOfSpecs = {
  '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'as' }],
  '@typescript-eslint/no-unsafe-argument': 'off',
  '@typescript-eslint/no-unsafe-assignment': 'off',
  '@typescript-eslint/no-unsafe-call': 'off',
  '@typescript-eslint/no-unsafe-member-access': 'off',
  '@typescript-eslint/no-unsafe-return': 'off',
};

export default defineConfig([
  { ignores: ['**/dist', '**/tmp', '**/coverage', '**/.angular', '**/node_modules'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  ...nx.configs['flat/base'],
  ...nx.configs['flat/typescript'],
  ...nx.configs['flat/javascript'],
  { files: typescript, languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  { files: typescript, rules: { ...style, ...boundaries({ inTests: false }) } },
  {
    files: client,
    extends: [angular.configs.tsRecommended],
    processor: angular.processInlineTemplates,
    rules: {
      '@angular-eslint/component-selector': ['error', { type: 'element', prefix: 'harmonia', style: 'kebab-case' }],
      '@angular-eslint/directive-selector': ['error', { type: 'attribute', prefix: 'harmonia', style: 'camelCase' }],
    },
  },
  { files: templates, extends: [angular.configs.templateRecommended, angular.configs.templateAccessibility] },
  {
    files: ['libs/contract/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['window', 'document', 'localStorage', 'location', 'process', 'Buffer'].map((name) => ({
          name,
          message: 'The contract runs in browsers and in Node: use only what both have.',
        })),
      ],
    },
  },
  ...ownership,
  {
    files: specs,
    rules: { ...styleOfSpecs, ...boundaries({ inTests: true }), 'no-restricted-imports': 'off', 'no-restricted-properties': 'off' },
  },
]);
