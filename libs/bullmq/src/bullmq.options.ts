import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { BackoffOptions, ConnectionOptions } from 'bullmq';

/** The options of {@link HarmoniaBullmqModule}. How many jobs run at once, and which, are options of the engine's runner. */
export interface HarmoniaBullmqOptions {
  /**
   * How to reach the Redis of the queue: `{ url }`, `{ host, port, password }`, or a client of ioredis, which Redis Cluster
   * needs. It may be the Redis of the job store.
   */
  readonly connection: ConnectionOptions;
  /** The name of the queue in BullMQ. Those who share it must have the same handlers. Default `jobs`. */
  readonly queue?: string;
  /** Before every key, as that of the job store. All keys of the queue lie in the slot `{prefix:queue}`. Default `harmonia`. */
  readonly prefix?: string;
  /** How often a job is tried when its handler throws what it should not. Default 1. */
  readonly attempts?: number;
  /** How long BullMQ waits before the next try: ms, or `{ type: 'fixed' | 'exponential', delay, jitter }`. Default 1000. */
  readonly backoff?: number | BackoffOptions;
  /** How long a worker may say nothing before BullMQ takes its job for stalled, in ms. Default 30,000. */
  readonly lockMs?: number;
  /** How often stalled jobs are looked for, in ms. Default 5000. */
  readonly stalledIntervalMs?: number;
  /** How often all queued jobs are handed to BullMQ again, should it have lost some, in ms. Default 60,000. */
  readonly refillIntervalMs?: number;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: BULLMQ_OPTIONS } = new ConfigurableModuleBuilder<HarmoniaBullmqOptions>({
  moduleName: 'HarmoniaBullmq',
})
  .setClassMethodName('forRoot')
  .build();
