import type { PresencePolicy } from './presence-policy.js';

/** How people see each other [P1, P3]. */
export interface HarmoniaPresenceOptions {
  /** Who sees whom. Default: those who watch the same job see each other, and admins see everybody. */
  readonly policy?: PresencePolicy;
  /** For how long somebody whose last connection closed still counts as there, in ms. Default 2000. */
  readonly graceMs?: number;
  /** How often a node says that it is there, in ms; one that was silent for three times as long is forgotten. Default 5000. */
  readonly beatMs?: number;
}

/** The defaults of {@link HarmoniaPresenceOptions}. */
export const PRESENCE_DEFAULTS = { graceMs: 2000, beatMs: 5000 } as const;
