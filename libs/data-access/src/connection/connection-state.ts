import type { Refusal, RefusalCode } from '@harmonia/contract';

/** Why a connection ended: a refusal's code, or the network: never reached, or cut off. */
export type LossReason = RefusalCode | 'unreachable' | 'cut-off';

/** Whether nothing was heard of the server, so that a socket may not get through at all. */
export const isSilence = (reason: LossReason): boolean => reason === 'unreachable' || reason === 'cut-off' || reason === 'timeout';

/** What is kept while it is tried to become live: what the server refused last since it was. */
interface NotLive {
  readonly lastRefusal: Refusal | null;
}

/**
 * How things stand with the gateway [C6]. It is `connecting` until the server says who we are, then `catching-up` until the
 * sync that declares all watches is answered, then `live` [C5]; `stale` while connected, but a sync failed; `polling`
 * while no socket gets through and jobs are asked for over HTTP every few seconds. Times are
 * milliseconds since 1970; `attempt` counts the tries since the last time it was live, `lastProblem`
 * says why the one before failed.
 */
export type ConnectionState =
  | { readonly phase: 'idle' }
  | (NotLive & { readonly phase: 'connecting'; readonly attempt: number; readonly lastProblem: string | null })
  | (NotLive & { readonly phase: 'catching-up' })
  | { readonly phase: 'live'; readonly since: number }
  | (NotLive & { readonly phase: 'stale'; readonly since: number })
  | (NotLive & { readonly phase: 'polling'; readonly since: number })
  | (NotLive & {
      readonly phase: 'lost';
      readonly since: number;
      readonly reason: LossReason;
      readonly message: string;
      readonly attempt: number;
      readonly retryAt: number;
    })
  | { readonly phase: 'refused'; readonly refusal: Refusal };
