// Loaded before the gateway (node --import): collects garbage and says on standard output what is left, on SIGUSR2 how much,
// on SIGHUP how many. The product itself has no such switch.
import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { getHeapSpaceStatistics, queryObjects, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

let tooManyListeners = 0;
process.on('warning', ({ name }) => {
  if (name === 'MaxListenersExceededWarning') tooManyListeners++;
});

/** What the compiler has made of the program so far, and goes on making for minutes: nothing that clients or jobs leave behind. */
const compiled = () =>
  getHeapSpaceStatistics()
    .filter(({ space_name: name }) => /^(?:code|trusted)_/.test(name))
    .reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);

const said = { measured: 0, counted: 0 };
const say = (what, figures) => process.stdout.write(`${what} ${++said[what]} ${JSON.stringify(figures)}\n`);

process.on('SIGUSR2', async () => {
  // what finalizers let go of is collected by the next one
  for (let times = 0; times < 3; times++) {
    collectGarbage();
    await pause(20);
  }
  const { heapUsed, external } = process.memoryUsage();
  say('measured', {
    heapBytes: heapUsed - compiled() + external,
    handles: process.getActiveResourcesInfo().length,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    tooManyListeners,
  });
});

// it takes a second each
process.on('SIGHUP', () => {
  say('counted', { emitters: queryObjects(EventEmitter, { format: 'count' }), functions: queryObjects(Function, { format: 'count' }) });
});
