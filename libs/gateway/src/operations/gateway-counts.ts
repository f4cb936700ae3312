import type { RefusalCode } from '@harmonia/contract';
import { Injectable } from '@nestjs/common';
import { LagHistogram } from './lag-histogram.js';

/** Where something can be refused. */
export type RefusingDoor = 'handshake' | 'request' | 'http';

/**
 * What this node has done since it started, in plain numbers: they are written on the way of every change, and read only
 * when somebody asks.
 */
@Injectable()
export class GatewayCounts {
  /** Changes of jobs heard from the store. */
  eventsHeard = 0;
  /** Messages to sockets, answers among them, one for each socket that gets it; and their length in characters. */
  messagesSent = 0;
  charactersSent = 0;
  /** How often a socket fell behind [L2]. */
  slowSpells = 0;
  /** How old changes were when they were heard: the oldest of those that came together. */
  readonly stream = new LagHistogram();
  /** How old changes were when they were handed to the sockets that watch, however many these are; of long frames a sample. */
  readonly delivery = new LagHistogram();
  /** What sockets asked, by its name. */
  readonly requests = new Map<string, number>();
  readonly refusals: Readonly<Record<RefusingDoor, Map<RefusalCode, number>>> = {
    handshake: new Map(),
    request: new Map(),
    http: new Map(),
  };

  request(verb: string): void {
    countIn(this.requests, verb);
  }

  refuse(door: RefusingDoor, code: RefusalCode): void {
    countIn(this.refusals[door], code);
  }
}

function countIn<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
