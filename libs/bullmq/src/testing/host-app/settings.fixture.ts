import type { NodeSettings } from '../node.fixture.js';

/** What the spec has said: the first argument of the process. */
export const { url, directory } = JSON.parse(process.argv[2] ?? '') as NodeSettings;
