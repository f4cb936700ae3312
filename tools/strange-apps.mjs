// Two bare apps that have never heard of Harmonia, as their files: what the quick start of the README is applied to.
import { readFileSync } from 'node:fs';

const { dependencies, devDependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const versions = { ...dependencies, ...devDependencies };
const pinned = (...names) => Object.fromEntries(names.map((name) => [name, versions[name]]));
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

export const nestApp = {
  'package.json': json({
    name: 'strange-server',
    private: true,
    type: 'module',
    dependencies: pinned('@nestjs/common', '@nestjs/core', '@nestjs/platform-express', 'reflect-metadata', 'rxjs'),
    devDependencies: pinned('@types/node', 'typescript'),
  }),
  'tsconfig.json': json({
    compilerOptions: {
      target: 'es2023',
      module: 'nodenext',
      types: ['node'],
      rootDir: 'src',
      outDir: 'dist',
      strict: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
    include: ['src'],
  }),
  'src/main.ts': `import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { setTimeout } from 'node:timers/promises';

@Injectable()
class Invoices {
  async print() {
    for (let page = 1; page <= 100; page++) {
      await setTimeout(100); // prints a page
    }
  }
}

@Module({
  imports: [],
  providers: [Invoices],
})
class AppModule {}

const app = await NestFactory.create(AppModule);
await app.listen(process.env['PORT'] ?? 3000, '127.0.0.1');
`,
};

export const angularApp = {
  'package.json': json({
    name: 'strange-console',
    private: true,
    dependencies: pinned(
      '@angular/common',
      '@angular/compiler',
      '@angular/core',
      '@angular/platform-browser',
      '@ngrx/store',
      'rxjs',
      'tslib',
    ),
    devDependencies: pinned('@angular/build', '@angular/cli', '@angular/compiler-cli', 'typescript'),
  }),
  'angular.json': json({
    version: 1,
    cli: { analytics: false },
    projects: {
      console: {
        projectType: 'application',
        root: '',
        architect: {
          build: {
            builder: '@angular/build:application',
            options: { browser: 'src/main.ts', index: 'src/index.html', tsConfig: 'tsconfig.json' },
          },
          serve: { builder: '@angular/build:dev-server', options: { buildTarget: 'console:build' } },
        },
      },
    },
  }),
  'tsconfig.json': json({
    compilerOptions: { target: 'es2022', module: 'preserve', strict: true, experimentalDecorators: true, importHelpers: true, types: [] },
    angularCompilerOptions: { strictTemplates: true },
    files: ['src/main.ts'],
  }),
  'src/index.html': '<!doctype html>\n<html lang="en">\n  <body>\n    <app-root></app-root>\n  </body>\n</html>\n',
  'src/main.ts': `import { bootstrapApplication } from '@angular/platform-browser';
import { provideStore } from '@ngrx/store';
import { App } from './app';

await bootstrapApplication(App, {
  providers: [
    provideStore({ jobs: () => ['welder', 'baker'] }),
  ],
});
`,
  'src/app.ts': `import { Component } from '@angular/core';

@Component({
  selector: 'app-root',
  template: \`
    <h1>Invoices</h1>
  \`,
})
export class App {
}
`,
};
