import * as v from 'valibot';
import { hostName, wholeNumber } from './variable.js';

const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'trace'] as const;

/** The variables for whoever runs the server: figures, logs and how it stops. */
export const OPERATIONS_VARIABLES = {
  METRICS_PORT: v.optional(wholeNumber(0, 65_535)),
  METRICS_HOST: v.optional(hostName('Use an address of this machine: 127.0.0.1, 0.0.0.0 or a host name.'), '127.0.0.1'),
  LOG_LEVEL: v.optional(v.picklist(LOG_LEVELS, `Use one of: ${LOG_LEVELS.join(', ')}.`), 'info'),
  LOG_FORMAT: v.optional(v.picklist(['json', 'pretty'], 'Use json or pretty.')),
  DRAIN_MS: v.optional(wholeNumber(0, 3000), '0'),
};

/** How much is logged, and in which form. */
export interface LogConfig {
  readonly level: (typeof LOG_LEVELS)[number];
  /** Null: pretty on a terminal and in the demo, else JSON. */
  readonly format: 'json' | 'pretty' | null;
}

/** What whoever runs the server decides. */
export interface OperationsConfig {
  /** Where Prometheus reads the figures of this process; null: nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | null;
  readonly log: LogConfig;
  /** How long the server goes on serving after it said that it is not ready any more, ms. */
  readonly drainMs: number;
}

type OperationsVariables = v.InferOutput<ReturnType<typeof v.object<typeof OPERATIONS_VARIABLES>>>;

export function operationsOf({ METRICS_PORT, METRICS_HOST, LOG_LEVEL, LOG_FORMAT, DRAIN_MS }: OperationsVariables): OperationsConfig {
  return {
    metrics: METRICS_PORT === undefined ? null : { host: METRICS_HOST, port: METRICS_PORT },
    log: { level: LOG_LEVEL, format: LOG_FORMAT ?? null },
    drainMs: DRAIN_MS,
  };
}
