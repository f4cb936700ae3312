import type { Refusal, RefusalCode } from '@harmonia/contract';

/** Why a connection ended: a refusal's code, or the network: never reached, or cut off. */
export type LossReason = RefusalCode | 'unreachable' | 'cut-off';

/**
 * How things stand with the gateway [C6]. `live` is said only after all watches were declared and answered [C5]. Times are
 * milliseconds since 1970; `attempt` counts the tries since the last time it was live, `lastProblem`
 * says why the one before failed.
 */
export type ConnectionState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'connecting'; readonly attempt: number; readonly lastProblem: string | null }
  | { readonly phase: 'live'; readonly since: number }
  | {
      readonly phase: 'lost';
      readonly since: number;
      readonly reason: LossReason;
      readonly message: string;
      readonly attempt: number;
      readonly retryAt: number;
    }
  | { readonly phase: 'refused'; readonly refusal: Refusal };
