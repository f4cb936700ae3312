import type { OnApplicationShutdown } from '@nestjs/common';

/** Hears what another node said: the message as it came, still to be parsed, and which node it was. */
export type HearNode = (message: unknown, from: string) => void;

/**
 * How gateway nodes tell each other what may be lost: who is there, and words to people [P4]. Events of jobs never go over
 * it; those every node reads from the store by itself [F1]. Extend it to bring a bus of your own: `nodes: { bus: … }`.
 *
 * @example
 * bus.subscribe('greetings', (message, from) => console.log(from, message));
 * const isOut = await bus.publish('greetings', { hello: 'nodes' });
 */
export abstract class NodeBus implements OnApplicationShutdown {
  /** What this node is called among the others, anew with each start. */
  abstract readonly nodeId: string;
  /** Tells every other node that can be reached, and never this one. Never rejects; resolves to whether it went out. */
  abstract publish(topic: string, message: unknown): Promise<boolean>;
  /** Hears what other nodes say from now on, for as long as the bus is open. */
  abstract subscribe(topic: string, hear: HearNode): void;
  /** Lets go of connections; nothing may be published afterwards. */
  abstract close(): Promise<void>;

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }
}
