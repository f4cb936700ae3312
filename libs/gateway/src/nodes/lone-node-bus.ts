import { randomUUID } from 'node:crypto';
import { NodeBus } from './node-bus.js';

/** The bus of a gateway that is one process: there is nobody to tell. */
export class LoneNodeBus extends NodeBus {
  readonly nodeId = randomUUID();

  async publish(): Promise<boolean> {
    return false;
  }

  subscribe(): void {
    // nobody will say anything
  }

  async close(): Promise<void> {
    // there is nothing to let go of
  }
}
