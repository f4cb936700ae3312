import { join } from 'node:path';
import { GuideWorkspace } from '../g16-guide/guide-workspace.ts';
import type { GuideFile, MissingFile, Replacement } from '../g16-guide/substitution.ts';
import type { SiblingDocument } from './sibling-document.ts';

/**
 * What may be put in place of a document's words: what a row of its table in docs/migration.md says, and what any excerpt
 * needs to run at all. `view`: what only React could draw.
 */
export type SiblingKind = 'table' | 'imports' | 'port' | 'token' | 'module' | 'missing types' | 'view';

/** Lines of a document, and the lines that stand for them here. */
export interface SiblingReplacement extends Replacement {
  readonly kind: SiblingKind;
  /** Of kind `table`: the name in the first column of its row. */
  readonly row?: string;
}

/** A document, and its blocks as files that run. */
export interface Sibling {
  /** The heading of its table in docs/migration.md, which is its title. */
  readonly document: SiblingDocument;
  readonly files: readonly GuideFile<SiblingReplacement>[];
  /** What the document takes for granted and does not show. */
  readonly missing: readonly MissingFile[];
  /** Names in the document that are the application's own, or those of other programs. */
  readonly notOurs: readonly string[];
}

/** A line, or lines, as a row of the table says. */
export const table = (row: string, guide: string, here: string): SiblingReplacement => ({ kind: 'table', row, guide, here });

/** Lines before the block and after it: an excerpt becomes a function. */
export const wrapped = (before: string, after: string): readonly SiblingReplacement[] => [
  { kind: 'module', guide: '', here: before },
  { kind: 'module', guide: '', here: after, where: 'after' },
];

/** The files of a document, written down. */
export const workspaceOf = (name: string, { document, files, missing }: Sibling): GuideWorkspace =>
  new GuideWorkspace(name, files, missing, { block: (heading) => document.block(heading), folder: join(__dirname, 'tmp') });
