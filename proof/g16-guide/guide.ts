import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One code block of the guide, under the heading it stands under. */
export interface GuideBlock {
  readonly heading: string;
  readonly language: string;
  readonly lines: readonly string[];
}

/** One row of the guide's event tables. */
export interface GuideEvent {
  readonly name: string;
  /** Field names and their types as the guide writes them; empty for `(none)` and `(built-in)`. */
  readonly payload: Readonly<Record<string, string>>;
}

export const guideText = readFileSync(join(__dirname, 'websocket-integration-guide.md'), 'utf8');

/** Every code block of the guide, in order. No two stand under one heading. */
export const guideBlocks: readonly GuideBlock[] = [...guideText.matchAll(/^### (.+)\n(?:(?!^#).*\n)*?```(\w+)\n([^]*?)^```$/gm)].map(
  ([, heading = '', language = '', code = '']) => ({ heading, language, lines: code.trimEnd().split('\n') }),
);

/** The block under a heading that begins like this. */
export function guideBlock(heading: string): GuideBlock {
  const found = guideBlocks.filter((block) => block.heading.startsWith(heading));
  const [block] = found;
  if (!block || found.length > 1) throw new Error(`The guide has ${found.length} code blocks under "${heading}…".`);
  return block;
}

/** The event table under a heading that begins like this. */
export function guideEvents(heading: string): readonly GuideEvent[] {
  const [, section = ''] = guideText.split(`### ${heading}`);
  const [table = ''] = section.split('\n#');
  return [...table.matchAll(/^\| `([^`]+)` +\| (?:`\{([^`]*)\}`|\([\w-]+\)) +\|/gm)].map(([, name = '', fields = '']) => ({
    name,
    payload: Object.fromEntries([...fields.matchAll(/(\w+): (\w+)/g)].map(([, field = '', type = '']) => [field, type])),
  }));
}
