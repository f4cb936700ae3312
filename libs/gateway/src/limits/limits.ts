/** How much of everything one client may have [L1]. Raise what your users meet; nobody meets it by looking at a page. */
export interface HarmoniaLimitsOptions {
  /** How many jobs a socket may watch by name. A sync names at most 200 whatever this says. Default 200. */
  readonly watchesPerSocket?: number;
  /** How many sockets a user may have at one node; the oldest gives way. Default 20. */
  readonly socketsPerUser?: number;
  /** How many connections an address may have that nobody has signed in on. Default 50. */
  readonly unauthenticatedPerAddress?: number;
  /** How long such a connection may last, in ms; it is closed at most an eighth of that later. Default 8000. */
  readonly unauthenticatedMs?: number;
  /** How many requests a second a socket may go on asking. Default 20. */
  readonly eventsPerSecond?: number;
  /** How many it may ask at once. Default 40. */
  readonly burst?: number;
  /** The largest request, in bytes. Default 16,384 (16 KB). */
  readonly messageBytes?: number;
  /** The largest `jobs:sync`, in bytes. Default 32,768 (32 KB). */
  readonly syncBytes?: number;
  /** How many requests over HTTP a user may make in a minute, at all nodes that share a Redis (`nodes`). Default 3000. */
  readonly requestsPerMinute?: number;
  /** How many requests over HTTP an address may make in a minute that are refused for want of a session. Default 300. */
  readonly refusedPerMinute?: number;
}

/** Every limit, with the defaults in place. */
export type Limits = Required<HarmoniaLimitsOptions>;

const DEFAULTS: Limits = {
  watchesPerSocket: 200,
  socketsPerUser: 20,
  unauthenticatedPerAddress: 50,
  unauthenticatedMs: 8000,
  eventsPerSecond: 20,
  burst: 40,
  messageBytes: 16 * 1024,
  syncBytes: 32 * 1024,
  requestsPerMinute: 3000,
  refusedPerMinute: 300,
};

/** The limits that the options ask for. */
export const limitsOf = ({ limits }: { readonly limits?: HarmoniaLimitsOptions }): Limits => ({ ...DEFAULTS, ...limits });
