import { createHash } from 'node:crypto';

/** A Lua script and the name by which Redis knows it once it was sent. */
export interface RedisScript {
  readonly text: string;
  readonly sha: string;
  /** Whether that it went well shows that Redis takes writes. */
  readonly writes: boolean;
}

/** Runs a script. */
export type RunScript = (script: RedisScript, keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>;

/** A script that only reads, or may be sent twice, unless it `writes`. */
export const script = (text: string, writes = false): RedisScript => ({ text, sha: createHash('sha1').update(text).digest('hex'), writes });
