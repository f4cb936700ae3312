import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { guideBlock, type GuideBlock } from './guide.ts';
import { differencesOutside, substituted, type GuideFile, type MissingFile, type Replacement } from './substitution.ts';

const root = join(__dirname, '../..');

const tsconfig = {
  extends: join(root, 'tsconfig.base.json'),
  compilerOptions: { lib: ['es2023', 'dom'], types: ['node', 'jest'], emitDecoratorMetadata: true, noEmit: true },
  include: ['**/*.ts'],
};

/** Where the blocks come from, and the folder in which they are written down. */
export interface BlockSource {
  readonly block: (heading: string) => GuideBlock;
  readonly folder: string;
}

const THE_GUIDE: BlockSource = { block: guideBlock, folder: join(__dirname, 'tmp') };

/** Blocks of the guide, or of another document, written down as the files they say they are, beside the files that they import and lack. */
export class GuideWorkspace {
  private scenarios = 0;
  private readonly folder: string;

  constructor(
    private readonly name: string,
    private readonly files: readonly GuideFile<Replacement>[],
    missing: readonly MissingFile[],
    private readonly source = THE_GUIDE,
  ) {
    this.folder = join(source.folder, name);
    rmSync(this.folder, { recursive: true, force: true });
    for (const { path, heading, rows } of files) this.write(path, substituted(source.block(heading), rows));
    for (const { path, lines } of missing) this.write(path, lines);
    this.write('tsconfig.json', JSON.stringify(tsconfig));
  }

  /** Where a file of the guide stands, to be required. */
  path(file: string): string {
    return join(this.folder, file);
  }

  /** What the compiler says of all files together, strictness included; empty when it is content. */
  typecheck(): string {
    const compiler = join(root, 'node_modules/typescript-native/bin/tsc');
    return spawnSync(process.execPath, [compiler, '-p', this.folder], { encoding: 'utf8' }).stdout;
  }

  /** Every difference between the guide and what runs here that no row of the table names. */
  differences(): string[] {
    return this.files.flatMap(({ path, heading, rows }) =>
      differencesOutside(rows, this.source.block(heading), readFileSync(this.path(path), 'utf8')).map((line) => `${path}: ${line}`),
    );
  }

  /** A test that counts as a scenario once it has passed. */
  readonly scenario = (name: string, run: () => Promise<void> | void): void => {
    it(`[G16] ${name}`, async () => {
      await run();
      this.scenarios++;
    }, 30_000);
  };

  /** The figures that G16 owes, as one JSON line. */
  figures(): string {
    const figures = {
      promise: 'G16',
      wing: this.name,
      blocks: this.files.length,
      substitutions: this.files.reduce((sum, { rows }) => sum + rows.length, 0),
      scenarios: this.scenarios,
      differencesOutsideTheTable: this.differences().length,
    };
    return `${JSON.stringify(figures)}\n`;
  }

  private write(path: string, text: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), `${text}\n`);
  }
}
