import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Names that every file system, also one that ignores case, keeps apart and takes as they are. */
const PLAIN = /^[^A-Z~]*[^A-Z~. ]$/;
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const MARKED = /^(.*)~[0-9a-f]{8}$/;

/**
 * Where the file with a key lies. Job ids tell upper and lower case apart and some file systems do not, so a segment that
 * might be taken for another one is marked with a digest of itself: nobody's file ever replaces that of somebody else.
 */
export function diskPath(directory: string, key: string): string {
  return join(directory, ...key.split('/').map(nameOnDisk));
}

/** The segment of a key that has this name on disk. */
export function segmentOf(nameOnDisk: string): string {
  return MARKED.exec(nameOnDisk)?.[1] ?? nameOnDisk;
}

function nameOnDisk(segment: string): string {
  if (PLAIN.test(segment) && !RESERVED.test(segment)) return segment;
  return `${segment}~${createHash('sha256').update(segment).digest('hex').slice(0, 8)}`;
}
