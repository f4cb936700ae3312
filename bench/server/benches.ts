import type { Bench } from '../bench.ts';
import { bytesPerChange } from './bytes-per-change.ts';
import { fanOutToAll } from './fan-out-to-all.ts';
import { fanOutToWatchers } from './fan-out-to-watchers.ts';
import { idleMemory } from './idle-memory.ts';
import { loneEvent } from './lone-event.ts';
import { reports } from './reports.ts';
import { sameRoom } from './same-room.ts';
import { slowConsumer } from './slow-consumer.ts';

/** The benches of the server wing, in the order of the table. */
export const SERVER_BENCHES: readonly Bench[] = [
  fanOutToAll,
  fanOutToWatchers,
  loneEvent,
  bytesPerChange,
  slowConsumer,
  idleMemory,
  sameRoom,
  reports,
];
