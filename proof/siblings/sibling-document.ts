import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GuideBlock } from '../g16-guide/guide.ts';

/** What documents of this kind promise: events and statuses, rooms and keys, variables and constants, endpoints, functions. */
const NAMES = [
  /\b[a-z]+(?:[:_][a-z]+)+\b/g,
  /(?<=[`"])(?:all-jobs|authenticated|announcement|notification)(?=[`"])/g,
  /[a-z-]+:\$?\{\w+\}/g,
  /\bWS_EVENTS\.\w+/g,
  /\b[A-Z]{2,}(?:_[A-Z]+)*_(?:[A-Z]+|\*)/g,
  /(?<=localhost:\d{4}|GET `?)\/\w[\w/-]*/g,
  /\b(?:emit|get|is|initialize|shutdown|simulate)[A-Z]\w+(?=\()/g,
  /\buse(?:WebSocket|JobProgress)\b/g,
  /\b(?:ingest|ltrim)(?=\()/g,
  /(?<=(?:setStatus|useState|useState<string>)\(['"]|status: ['"]|jobId, ')\w+/g,
  /(?<=emit\('|type: '|type === ')[a-z]+(?=')/g,
];

/** One of the documents that came beside the integration guide, kept word for word. */
export class SiblingDocument {
  readonly text: string;
  /** Its first heading. */
  readonly title: string;

  constructor(file: string) {
    this.text = readFileSync(join(__dirname, file), 'utf8');
    this.title = /^# (.+)$/m.exec(this.text)?.[1] ?? file;
  }

  /** A block of code by the heading above it, or by how that begins. Under no heading of these documents are two. */
  block(name: string): GuideBlock {
    const exact = this.blocks.filter(({ heading }) => heading === name);
    const found = exact.length > 0 ? exact : this.blocks.filter(({ heading }) => heading.startsWith(name));
    const [block] = found;
    if (!block || found.length > 1) throw new Error(`"${this.title}" has ${found.length} blocks under "${name}".`);
    return block;
  }

  /** Every name that the document promises, once. */
  get names(): readonly string[] {
    return [...new Set(NAMES.flatMap((pattern) => this.text.match(pattern) ?? []))].sort();
  }

  private get blocks(): readonly GuideBlock[] {
    const blocks: GuideBlock[] = [];
    let heading = '';
    for (const [, title, language = '', code = ''] of this.text.matchAll(/^#+ (.+)$|^```(\w*)\n([^]*?)^```$/gm)) {
      if (title === undefined) blocks.push({ heading, language, lines: code.trimEnd().split('\n') });
      else heading = title;
    }
    return blocks;
  }
}
