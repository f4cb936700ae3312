import type { CanActivate, Type } from '@nestjs/common';
import type { SessionAuthenticator } from './connection/session-authenticator.js';
import type { FrameCompression } from './jobs/frame-round.js';
import type { HarmoniaLimitsOptions } from './limits/limits.js';
import type { HarmoniaNodesOptions } from './nodes/nodes-options.js';
import type { HarmoniaPresenceOptions } from './presence/presence-options.js';

/** The token under which {@link HarmoniaGatewayOptions} are injected. */
export const HARMONIA_GATEWAY_OPTIONS = Symbol('HARMONIA_GATEWAY_OPTIONS');

/** A verified payload, of a shape still unknown. */
export type JwtClaims = Readonly<Record<string, unknown>>;

/** What every session token is held to, whoever signs it. Each has to say until when (`exp`) and who (`sub`). */
export interface JwtHolder {
  /** What `iss` has to say. Default: anything. */
  readonly issuer?: string;
  /** What `aud` has to say, or to hold. Default: anything. */
  readonly audience?: string;
  /** By how much the clocks of issuer and gateway may differ, in seconds, up to 5; so much longer a session lasts. Default 0. */
  readonly clockToleranceSeconds?: number;
  /** Brings a verified payload into the standard claims `sub`, `roles`, `scope`, `jobTypes`, `email`, `name`. Default: as it is. */
  readonly claims?: (payload: JwtClaims) => JwtClaims;
}

/** Which signatures of key pairs count. */
export interface JwtKeyOptions {
  /**
   * The algorithms, of key pairs only: one of another kind stops the start. Default for one key: those of its kind; else
   * RS256, PS256, ES256, ES384 and EdDSA.
   */
  readonly algorithms?: readonly string[];
}

/**
 * The built-in sessions, JSON web tokens: signed with a shared `secret` (HS256) of at least 32 bytes, by the owner of one
 * `publicKey` (PEM), or by whom an identity provider publishes the keys of at `jwksUrl`, by https. These are kept for 10
 * minutes; a token of a key that is not among them has them fetched anew, at most every 10 s. While they cannot be fetched,
 * sessions that need them are refused as `unavailable`.
 */
export type JwtSessionOptions = JwtHolder &
  (
    | { readonly secret: string; readonly publicKey?: undefined; readonly jwksUrl?: undefined }
    | ({ readonly publicKey: string; readonly secret?: undefined; readonly jwksUrl?: undefined } & JwtKeyOptions)
    | ({ readonly jwksUrl: string; readonly secret?: undefined; readonly publicKey?: undefined } & JwtKeyOptions)
  );

/** Who sessions are: the built-in JSON web tokens, or an authenticator of the host. */
export type SessionSource =
  | { readonly jwt: JwtSessionOptions; readonly authenticator?: undefined }
  | { readonly authenticator: SessionAuthenticator; readonly jwt?: undefined };

/** How changes that come fast are told to clients that know frames [E4]. */
export interface HarmoniaFrameOptions {
  /** The least time between two frames to one client, in milliseconds; after as long a quiet, the first goes at once. Default 50. */
  readonly intervalMs?: number;
  /**
   * Which frames above 1 KB are deflated for clients that can inflate, which halves them. A frame is deflated once for all
   * who get it, so `'shared'` costs less than it saves: those that at least ten sockets share. `'all'` also spends processor
   * time on a frame that one socket gets; `'none'` on none. Default `'shared'`.
   */
  readonly compress?: FrameCompression;
}

/** What becomes of sockets that do not keep up [L2]. */
export interface HarmoniaSlowSocketOptions {
  /**
   * As many bytes may be on their way to a client, waiting here or not acknowledged, before it is told no more until it has
   * them. Default 262,144 (256 KiB).
   */
  readonly queuedBytes?: number;
  /** How long it may take until it has them, in milliseconds; after that the connection is closed with `timeout`. Default 30,000. */
  readonly patienceMs?: number;
}

/** What both doors, sockets and HTTP, need to know at run time. */
export type HarmoniaGatewayOptions = SessionSource & {
  /** The Socket.IO namespace of Harmonia. A gateway of the host in the same one gets Harmonia's sessions. Default `'/'`. */
  readonly namespace?: string;
  /** The path of the Socket.IO server. Default `'/socket.io'`. */
  readonly path?: string;
  /** Origins of pages that may connect besides the server's own, as in `'https://console.example'`. Default none. */
  readonly origins?: readonly string[];
  /** How fast changes are told in frames. Default `{}`. */
  readonly frames?: HarmoniaFrameOptions;
  /** When a client counts as slow, and for how long it may. Default `{}`. */
  readonly slow?: HarmoniaSlowSocketOptions;
  /**
   * How often what was told is compared with a store that several processes share, in milliseconds; 0: never. What was not
   * told is mended, and counted in `RepairCounts` [F3]. Default 5000.
   */
  readonly checkEveryMs?: number;
  /** How people see each other. Default `{}`. */
  readonly presence?: HarmoniaPresenceOptions;
  /** How the nodes of this gateway reach each other, to say who is there. Default: this process is the only one. */
  readonly nodes?: HarmoniaNodesOptions;
  /** How much one client may have of everything [L1]. Default `{}`. */
  readonly limits?: HarmoniaLimitsOptions;
  /**
   * Signs the tokens that show one job [A3], at least 32 bytes and the same on every node. Default: a key derived from
   * `jwt.secret`; without that either, jobs cannot be shared.
   */
  readonly shareSecret?: string;
  /** The largest upload, in bytes. Default 104,857,600 (100 MB). */
  readonly maxUploadBytes?: number;
};

/** The REST side of jobs and people. */
export interface HarmoniaHttpOptions {
  /** Before `/jobs`, `/session`, `/presence` and all other routes, after a global prefix of the host. Default `'api'`. */
  readonly prefix?: string;
  /** Guards of the host that run after Harmonia's own session guard. Default none. */
  readonly guards?: readonly Type<CanActivate>[];
}

/** What shapes the module itself, so that it must be known before any provider exists, with `forRootAsync` too. */
export interface HarmoniaGatewayShape {
  /** `false`: HTTP only, no socket is served. Default `true`. */
  sockets?: boolean;
  /** `false`: sockets only, no route is served. Default `{}`. */
  http?: HarmoniaHttpOptions | false;
}
