import { Logger } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';
import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { NodeBus, type HearNode } from './node-bus.js';

/** How often each connection has to prove that there is somebody at its other end, ms, and how long that may take. */
const PING_MS = 5000;
const ANSWER_MS = 5000;
const SLOWEST_RECONNECT = 2000;

/** Where a Redis is, as `redis://[user:password@]host[:port]` or as ioredis takes it. */
export type RedisAddress = string | RedisOptions;

const EnvelopeSchema = v.strictTuple([v.string(), v.unknown()]);

/**
 * Nodes that reach each other over Redis pub/sub. It opens at once and connects by itself, now and after every outage; what
 * is said meanwhile is lost, and nothing waits for it.
 *
 * @example HarmoniaGatewayModule.forRoot({ jwt, nodes: { bus: () => new RedisNodeBus('redis://127.0.0.1:6379', 'shop') } });
 */
export class RedisNodeBus extends NodeBus {
  readonly nodeId = randomUUID();
  private readonly log = new Logger('HarmoniaNodes');
  private readonly hearers = new Map<string, HearNode>();
  private readonly speaking: Redis;
  private readonly hearing: Redis;
  private readonly pings: NodeJS.Timeout;
  private isTroubled = false;
  private isClosed = false;

  /**
   * @param redis the Redis that carries it; only pub/sub is used
   * @param prefix before every channel, so that applications can share a Redis
   */
  constructor(
    redis: RedisAddress,
    private readonly prefix = 'harmonia',
  ) {
    super();
    this.speaking = this.connect(redis, 'says');
    this.hearing = this.connect(redis, 'hears');
    this.hearing.on('ready', () => this.tuneIn());
    this.hearing.on('message', (channel: string, text: string) => this.hear(channel, text));
    this.pings = setInterval(() => this.ping(), PING_MS);
    this.pings.unref();
  }

  async publish(topic: string, message: unknown): Promise<boolean> {
    try {
      await this.speaking.publish(this.channel(topic), JSON.stringify([this.nodeId, message]));
      return true;
    } catch (error) {
      this.suffer(error);
      return false;
    }
  }

  subscribe(topic: string, hear: HearNode): void {
    this.hearers.set(this.channel(topic), hear);
    if (this.hearing.status === 'ready') this.tuneIn();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.pings);
    this.speaking.disconnect();
    this.hearing.disconnect();
  }

  private connect(redis: RedisAddress, role: string): Redis {
    const options: RedisOptions = {
      ...(typeof redis === 'string' ? {} : redis),
      connectionName: `harmonia ${role}`,
      protocol: 2,
      // nothing is kept for a connection that is away: what is said late is wrong
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
      socketTimeout: ANSWER_MS,
      retryStrategy: (tries) => Math.min(25 * 2 ** Math.min(tries, 10), SLOWEST_RECONNECT) * (0.5 + Math.random() / 2),
    };
    const connection = typeof redis === 'string' ? new Redis(redis, options) : new Redis(options);
    connection.on('error', (error: unknown) => this.suffer(error));
    connection.on('ready', () => this.recover());
    return connection;
  }

  /** Every time anew: another server knows nothing of what was asked of the one before. */
  private tuneIn(): void {
    const channels = [...this.hearers.keys()];
    if (channels.length === 0) return;
    this.hearing.subscribe(...channels).catch((error: unknown) => {
      this.suffer(error);
      // a connection that hears nothing is none
      if (!this.isClosed) setTimeout(() => !this.isClosed && this.hearing.disconnect(true), SLOWEST_RECONNECT).unref();
    });
  }

  private hear(channel: string, text: string): void {
    const envelope = v.safeParse(EnvelopeSchema, jsonOf(text));
    if (!envelope.success || envelope.output[0] === this.nodeId) return;
    const [from, message] = envelope.output;
    try {
      this.hearers.get(channel)?.(message, from);
    } catch (error) {
      // one message that cannot be understood must not cost the next ones, nor the process
      this.log.error('What another node said could not be used.', error instanceof Error ? error.stack : error);
    }
  }

  private ping(): void {
    for (const connection of [this.speaking, this.hearing]) {
      if (connection.status === 'ready') connection.ping().catch((error: unknown) => this.suffer(error));
    }
  }

  /** Once a spell, and only what kind of trouble it is: an address may hold a password. */
  private suffer(error: unknown): void {
    if (this.isTroubled || this.isClosed) return;
    this.isTroubled = true;
    this.log.warn(
      `Other nodes cannot be reached over Redis (${kindOf(error)}): people see and hear those of this node only. It is tried again until it works.`,
    );
  }

  private recover(): void {
    if (!this.isTroubled || this.speaking.status !== 'ready' || this.hearing.status !== 'ready') return;
    this.isTroubled = false;
    this.log.log('Other nodes are reached over Redis again.');
  }

  private channel(topic: string): string {
    return `${this.prefix}:nodes:${topic}`;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** As in ECONNREFUSED, or the first word that Redis answers, as in WRONGPASS. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown error';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return /^[A-Z]{2,}\b/.exec(error.message)?.[0] ?? 'no connection';
}
